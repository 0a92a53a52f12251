"""The sandbox on the command line."""

import argparse
import sys

from sandbox.build import build, remove_outdated
from sandbox.model import SandboxError
from sandbox.runtime import load, load_all


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("build", help="build the environments of runtimes")
    make.add_argument("runtimes", nargs="*", metavar="NAME")
    arguments = parser.parse_args()
    runtimes = load_all()
    names = arguments.runtimes or [n for n, r in runtimes.items() if not r.on_demand]
    try:
        for name in names:
            build(load(name), lambda line: print(line, flush=True))
        remove_outdated(runtimes, lambda line: print(line, flush=True))
    except SandboxError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
