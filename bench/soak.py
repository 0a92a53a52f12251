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
    counter = itertools.count()
    every = max(1, arguments.runs // 10)

    def ask() -> None:
        while (index := next(counter)) < arguments.runs:
            result = pool.run(REQUEST)
            if result.verdict != "ok":
                bad.append(f"{result.verdict}: {result.reason}")
            if index % every == every - 1:
                memory.append(tree_memory_mib())
                print(f"{index + 1} runs, {memory[-1]} MiB", file=sys.stderr, flush=True)

    started = time.monotonic()
    threads = [threading.Thread(target=ask) for _ in range(pool.slots)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - started
    pool.close()
    report = {
        "runs": arguments.runs,
        "not_ok": len(bad),
        "runs_per_second": round(arguments.runs / seconds, 1),
        "memory_mib": memory,
        # What is in flight when it is looked at comes and goes; the peaks tell growth.
        "highest_first_half_mib": max(memory[: len(memory) // 2]),
        "highest_second_half_mib": max(memory[len(memory) // 2 :]),
    }
    print(
        json.dumps(report) if arguments.json else "\n".join(f"{k}: {v}" for k, v in report.items())
    )
    return 1 if bad else 0


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
