"""Run untrusted Python in a jail, on warm runtimes.

Examples:
  python -m sandbox build torch-2.13
  python -m sandbox run hello.py --runtime torch-2.13
  python -m sandbox serve --socket var/sockets/sandbox.sock
"""

import argparse
import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

from sandbox import layers
from sandbox.build import build, remove_outdated
from sandbox.client import Client
from sandbox.inside import landlock
from sandbox.model import CODE_BYTES, InvalidRequest, Limits, Output, Request, Result, SandboxError
from sandbox.pool import Pool
from sandbox.runtime import load, load_all
from sandbox.service import accepted_gaps, serve


def main() -> int:
    arguments = _parser().parse_args()
    try:
        code: int = arguments.do(arguments)
    except SandboxError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description=__doc__, formatter_class=raw
    )
    commands = parser.add_subparsers(dest="command", required=True)

    run = commands.add_parser("run", help="run files, one after another, on one warm zygote")
    run.add_argument("files", nargs="+", metavar="FILE", help="Python source; - for standard input")
    run.add_argument("--runtime", required=True, help=f"one of: {', '.join(load_all())}")
    run.add_argument("--setup", metavar="FILE", help="lines to run before, unheard")
    run.add_argument("--seed", type=int, help="seed every random generator; default: a new one")
    run.add_argument("--json", action="store_true", help="print results as JSON and nothing else")
    run.add_argument("--save", metavar="DIR", help="write figures and files the code left there")
    run.add_argument("--wall-seconds", type=float, default=Limits().wall_seconds)
    run.add_argument("--memory-mib", type=int, default=Limits().memory_bytes // 2**20)
    run.add_argument("--output-bytes", type=int, default=Limits().output_bytes)
    run.set_defaults(do=_run)

    make = commands.add_parser("build", help="build the environments of runtimes")
    make.add_argument("runtimes", nargs="*", metavar="NAME", help="default: all but on-demand ones")
    make.set_defaults(do=_build)

    service = commands.add_parser("serve", help="serve runs on a unix socket")
    service.add_argument("--socket", required=True, type=Path)
    service.add_argument("--slots", type=int, help="runs at a time; default: one a processor")
    service.add_argument(
        "--warm",
        action="append",
        default=[],
        metavar="NAME",
        help="start this runtime's zygote at once; may be repeated",
    )
    service.set_defaults(do=_serve)

    test = commands.add_parser("selftest", help="attempt to break every layer; say what held")
    test.add_argument("--runtime", help="default: the first that is built")
    test.add_argument("--json", action="store_true")
    test.set_defaults(do=_selftest)

    status = commands.add_parser("status", help="what a running service says of itself")
    status.add_argument("--socket", required=True, type=Path)
    status.add_argument("--json", action="store_true")
    status.set_defaults(do=_status)
    return parser


def _run(arguments: argparse.Namespace) -> int:
    limits = Limits(
        wall_seconds=arguments.wall_seconds,
        cpu_seconds=arguments.wall_seconds * 2,
        memory_bytes=arguments.memory_mib * 2**20,
        output_bytes=arguments.output_bytes,
    )
    setup = _read(arguments.setup) if arguments.setup else ""
    requests = [
        Request(
            code=_read(file),
            runtime=arguments.runtime,
            setup=setup,
            limits=limits,
            seed=arguments.seed,
        )
        for file in arguments.files
    ]
    pool = Pool(slots=1, accepted_gaps=accepted_gaps())
    try:
        results = [
            pool.run(request, _ignore if arguments.json else _print_output) for request in requests
        ]
    finally:
        pool.close()
    if arguments.save:
        _save(results, Path(arguments.save))
    if arguments.json:
        values = [result.as_dict() for result in results]
        print(json.dumps(values[0] if len(values) == 1 else values, ensure_ascii=False))
    else:
        for result in results:
            _print_end(result)
    return 0 if all(result.verdict == "ok" for result in results) else 1


def _read(file: str) -> str:
    try:
        if file == "-":
            data = sys.stdin.buffer.read(CODE_BYTES + 1)
        else:
            with Path(file).open("rb") as stream:
                data = stream.read(CODE_BYTES + 1)
    except OSError as error:
        raise InvalidRequest(f"{file}: {error.strerror}") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if len(data) > CODE_BYTES:
            raise InvalidRequest(f"{file}: more than {CODE_BYTES:,} bytes") from error
        raise InvalidRequest(f"{file}: not UTF-8 at byte {error.start}") from error


def _ignore(event: Any) -> None:
    pass


def _print_output(event: Any) -> None:
    if isinstance(event, Output):
        print(
            event.text,
            end="",
            flush=True,
            file=sys.stdout if event.stream == "stdout" else sys.stderr,
        )


def _print_end(result: Result) -> None:
    told = f"{result.verdict}" + (f": {result.reason}" if result.reason else "")
    usage = f"{result.wall_seconds:.3f} s, {result.memory_bytes / 2**20:.0f} MiB"
    left = f", left {len(result.artifacts)} files" if result.artifacts else ""
    print(f"[{told} · {usage}{left}]", file=sys.stderr)


def _save(results: list[Result], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, result in enumerate(results, start=1):
        for artifact in result.artifacts:
            (folder / f"{number}-{artifact.name.replace('/', '_')}").write_bytes(artifact.data)


def _build(arguments: argparse.Namespace) -> int:
    runtimes = load_all()
    names = arguments.runtimes or [n for n, r in runtimes.items() if not r.on_demand]
    for runtime in [load(name) for name in names]:
        build(runtime, _report)
    remove_outdated(runtimes, _report)
    return 0


def _report(line: str) -> None:
    print(line, flush=True)


def _serve(arguments: argparse.Namespace) -> int:
    logging.basicConfig(
        level=os.environ.get("ZHIYAN_LOG_LEVEL", "INFO"),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    serve(arguments.socket, slots=arguments.slots, warm=arguments.warm)
    return 0


def _selftest(arguments: argparse.Namespace) -> int:
    built = [name for name, runtime in load_all().items() if runtime.is_built]
    if not (arguments.runtime or built):
        raise SandboxError("no runtime is built yet; run: python -m sandbox build")
    name = arguments.runtime or ("torch-2.13" if "torch-2.13" in built else built[0])
    gaps = accepted_gaps()
    # A gap must not end the test that is to show it.
    pool = Pool(slots=1, accepted_gaps=gaps | layers.KNOWN)
    try:
        states = pool.warm_up(name) | layers.attempt_all(pool.run, name)
    finally:
        pool.close()
    is_ok = all(state == layers.OK or layer in gaps for layer, state in states.items())
    notes = _notes()
    if arguments.json:
        told = {"ok": is_ok, "layers": states, "accepted_gaps": sorted(gaps), "notes": notes}
        print(json.dumps(told))
    else:
        for layer, state in states.items():
            mark = "ok  " if state == layers.OK else "gap " if layer in gaps else "FAIL"
            print(f"{mark} {layer}" + ("" if state == layers.OK else f": {state}"))
        for note in notes:
            print(f"note {note}")
    return 0 if is_ok else 1


def _notes() -> list[str]:
    """Return what is weaker here than on a newer kernel, and no gap."""
    version = landlock.abi()
    left = landlock.unknown_to(version)
    if not version or not left:
        return []
    return [f"Landlock's version is {version}: it leaves {', '.join(left)} to other layers"]


def _status(arguments: argparse.Namespace) -> int:
    status = Client(arguments.socket).status()
    if arguments.json:
        print(json.dumps(status))
        return 0
    print(f"limits held by {status['backend']}, {status['slots']} runs at a time")
    for name, runtime in status["runtimes"].items():
        state = "warm" if runtime["warm"] else "cold" if runtime["built"] else "not built"
        print(f"  {name}: {state}, {runtime['waiting']} waiting, {runtime['runs']} runs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
