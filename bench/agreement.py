"""Run what verification judged again outside the sandbox, and compare how it ended.

`python -m bench.agreement [--runtime R] [--json]` takes every current verdict of this site's
database that rests on a run, runs the same lines in a plain interpreter of the runtime (no jail,
no zygote, no warm-up) and compares the end: finished, or failed with the same exception. What was
printed is not compared, for a plain interpreter shows no bare expressions.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import django

PATIENCE_SECONDS = 300
EXCEPTION = re.compile(r"^(?:\w+\.)*(\w+)(?=:|$)", re.MULTILINE)  # as a traceback ends
PROGRAM = """
import contextlib, io, random
random.seed({seed})
with contextlib.suppress(ImportError):
    import numpy; numpy.random.seed({seed})
with contextlib.suppress(ImportError):
    import torch; torch.manual_seed({seed})
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    exec(compile(open("setup.py").read(), "setup.py", "exec"))
exec(compile(open("snippet.py").read(), "snippet.py", "exec"))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runtime", help="only this runtime")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from snippets.models import Verification

    rows = Verification.objects.current().exclude(run=None).select_related("run", "snippet")
    if options.runtime:
        rows = rows.filter(runtime=options.runtime)
    apart: list[str] = []
    for count, one in enumerate(rows.order_by("snippet_id", "runtime"), 1):
        print(f"{count} {one}", file=sys.stderr, flush=True)
        if (seen := ended_outside(one.run)) != (wanted := ended_inside(one.run)):
            apart.append(f"{one}: {wanted} in the sandbox, {seen} outside")
    report = {"compared": rows.count(), "agree": rows.count() - len(apart), "apart": apart}
    print(json.dumps(report) if options.json else report)
    return 1 if apart else 0


def ended_inside(run: Any) -> str:
    return "ok" if run.verdict == "ok" else run.failure.get("type", run.verdict)


def ended_outside(run: Any) -> str:
    from sandbox import load

    python = load(run.runtime).environment / "bin" / "python"
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("setup", run.setup), ("snippet", run.code)):
            (Path(folder) / f"{name}.py").write_text(text, encoding="utf-8")
        done = subprocess.run(
            [str(python), "-W", "ignore", "-c", PROGRAM.format(seed=run.seed or 0)],
            cwd=folder,
            env={**os.environ, "MPLBACKEND": "agg", "CUDA_VISIBLE_DEVICES": "-1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
    if done.returncode == 0:
        return "ok"
    names = EXCEPTION.findall(done.stderr)
    kind: str = run.failure.get("type", "")
    return kind if kind in names else (names or ["?"])[-1]


if __name__ == "__main__":
    sys.exit(main())
