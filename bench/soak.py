"""Run thousands of snippets on one service and watch its memory; it must stay flat.

`python -m bench.soak [--runs 5000] [--json]`. Memory is the proportional share (PSS) of the
service, its zygotes and their waiting children together, in MiB, at each tenth of the runs.
"""

import argparse
import contextlib
import itertools
import json
import os
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sandbox import Request
from sandbox.pool import Pool
from sandbox.service import accepted_gaps

SETTLE_SECONDS = 2.0
"""Until the ended runs are gone and new children wait: what is left then is what it keeps."""
REQUEST = Request(
    code="import torch\nx = torch.randn(32, 32, requires_grad=True)\n(x @ x).sum().backward()",
    runtime="torch-2.13",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    pool = Pool(slots=2, accepted_gaps=accepted_gaps())
    memory: list[int] = []
    bad: list[str] = []
    every = max(1, arguments.runs // 10)
    seconds = 0.0
    for tenth in range(1, 11):
        started = time.monotonic()
        bad += run_many(pool, every)
        seconds += time.monotonic() - started
        time.sleep(SETTLE_SECONDS)
        memory.append(tree_memory_mib())
        print(f"{tenth * every} runs, {memory[-1]} MiB", file=sys.stderr, flush=True)
    pool.close()
    report = {
        "runs": 10 * every,
        "not_ok": len(bad),
        "runs_per_second": round(10 * every / seconds, 1),
        "memory_mib": memory,
        "highest_first_half_mib": max(memory[: len(memory) // 2]),
        "highest_second_half_mib": max(memory[len(memory) // 2 :]),
    }
    print(
        json.dumps(report) if arguments.json else "\n".join(f"{k}: {v}" for k, v in report.items())
    )
    return 1 if bad else 0


def run_many(pool: Pool, runs: int) -> list[str]:
    """Run as many at a time as there are slots; return what did not end well."""
    counter = itertools.count()
    bad: list[str] = []

    def ask() -> None:
        while next(counter) < runs:
            result = pool.run(REQUEST)
            if result.verdict != "ok":
                bad.append(f"{result.verdict}: {result.reason}")

    threads = [threading.Thread(target=ask) for _ in range(pool.slots)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return bad


def tree_memory_mib() -> int:
    total, frontier = 0, [os.getpid()]
    while frontier:
        pid = frontier.pop()
        with contextlib.suppress(OSError, IndexError, StopIteration):
            for task in Path(f"/proc/{pid}/task").iterdir():
                frontier += map(int, (task / "children").read_text().split())
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += int(next(line for line in lines if line.startswith("Pss:")).split()[1])
    return total // 1024


if __name__ == "__main__":
    sys.exit(main())
