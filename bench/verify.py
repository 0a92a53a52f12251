"""Verifying the archive warm, beside a fresh interpreter per snippet.

`python -m bench.verify [--json] [--jobs N]` verifies every distinct snippet of the archive, with
our curation, on every runtime that fits and is built; then it runs the same programs, each in a
fresh interpreter of its runtime, without a sandbox, as many at a time.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import django

PATIENCE_SECONDS = 120


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1, help="at once, on both sides; default 1")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    report = measure(arguments.jobs)
    print(json.dumps(report) if arguments.json else report)


def measure(jobs: int) -> dict[str, Any]:
    from bench import archive
    from sandbox import Client, Runtime, load_all, service
    from snippets import direct, proving
    from snippets.expectations import Tolerance
    from snippets.subject import Subject

    runtimes = load_all()
    pairs = [(s, runtimes[n]) for s, fits in archive.subjects(is_curated=True) for n in fits]
    socket = Path(tempfile.mkdtemp(prefix="zy-")) / "s.sock"
    with service.serving(socket, slots=jobs + 1):
        run = direct.DirectRunner(client=Client(socket))

        def verify(pair: tuple[Subject, Runtime]) -> tuple[float, proving.Proof]:
            started = time.monotonic()
            proof = proving.prove(*pair, run, Tolerance())
            return time.monotonic() - started, proof

        for runtime in {runtime.name: runtime for _, runtime in pairs}.values():
            run(program="1", setup="", runtime=runtime.name, seed=1)  # its zygote starts
        warm_seconds, warm = _timed(verify, pairs, jobs)
    programs = [
        (runtime, proof.rung.setup + "\n\n" + subject.program(proof.rung))
        for (subject, runtime), (_, proof) in zip(pairs, warm, strict=True)
        if proof.rung is not None
    ]
    cold_seconds, cold = _timed(_run_fresh, programs, jobs)
    by_runtime: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for (_, runtime), (seconds, _) in zip(pairs, warm, strict=True):
        by_runtime[runtime.name][0] += seconds
    for (runtime, _), seconds in zip(programs, cold, strict=True):
        by_runtime[runtime.name][1] += seconds
    return {
        "snippets": len({subject.code for subject, _ in pairs}),
        "checks": len(pairs),
        "warm_seconds": round(warm_seconds, 2),
        "fresh_seconds": round(cold_seconds, 2),
        "times_as_fast": round(cold_seconds / warm_seconds, 1),
        "by_runtime": {n: [round(x, 2) for x in pair] for n, pair in by_runtime.items()},
        "slowest": _slowest(pairs, warm),
    }


def _slowest(pairs: list[Any], warm: list[Any]) -> list[str]:
    timed = [
        (s, f"{s:.2f} {r.name} {x.code[:40]!r}") for (x, r), (s, _) in zip(pairs, warm, strict=True)
    ]
    return [text for _, text in sorted(timed, reverse=True)[:8]]


def _timed(work: Any, items: list[Any], jobs: int) -> tuple[float, list[Any]]:
    started = time.monotonic()
    if jobs == 1:
        done = [work(item) for item in items]
    else:
        with ThreadPoolExecutor(max_workers=jobs) as pool:
            done = list(pool.map(work, items))
    return time.monotonic() - started, done


def _run_fresh(item: tuple[Any, str]) -> float:
    runtime, program = item
    python = runtime.environment / "bin" / "python"
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "MPLBACKEND": "agg", "PYTHONDONTWRITEBYTECODE": ""}
        subprocess.run(
            [str(python), "-W", "ignore", "-"],
            input=program.encode(),
            cwd=folder,
            env=environment,
            capture_output=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
    return time.monotonic() - started


if __name__ == "__main__":
    main()
