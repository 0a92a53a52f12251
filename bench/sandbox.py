"""Measure a warm run against the same program in a fresh jail with a fresh interpreter.

`python -m bench.sandbox [--quick] [--json]`; also `python bench/sandbox.py`. What others do
(a jail and an interpreter a run) is measured with our own jail, so that only warmth differs.
`in_process_ms` is the program again in an interpreter that has run it before: the floor.
"""

import argparse
import dataclasses
import json
import statistics
import sys
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sandbox import Limits, Request, Result, load, pool
from sandbox.execution import Execution
from sandbox.service import accepted_gaps
from sandbox.zygote import Zygote

LIMITS = Limits(wall_seconds=120, cpu_seconds=240, memory_bytes=2 * 2**30)
CASES: dict[str, tuple[str, str]] = {
    "print": ("torch-2.13", "print('hello')"),
    "torch op": ("torch-2.13", "import torch\nprint((torch.ones(8, 8) @ torch.ones(8, 8)).sum())"),
    "adam": (
        "torch-2.13",
        """
import torch
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.ReLU(), torch.nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters())
x, y = torch.randn(32, 8), torch.randn(32, 1)
for _ in range(10):
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
print(round(loss.item(), 4))
""",
    ),
    "plot": (
        "torch-2.13",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2, 4])\nplt.title('squares')\nplt.show()",
    ),
    "max_pool": (
        "tf-2.21",
        """
import tensorflow as tf
x = tf.reshape(tf.range(16.0), [1, 4, 4, 1])
print(tf.nn.max_pool(x, 2, 2, 'SAME').shape)
""",
    ),
    "lstm fit": (
        "tf-2.21",
        """
import numpy, keras
keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((4, 2)), keras.layers.LSTM(4), keras.layers.Dense(1)])
model.compile(loss='mse', optimizer='adam')
history = model.fit(numpy.ones((16, 4, 2)), numpy.ones((16, 1)), epochs=1, verbose=0)
print(len(history.history['loss']))
""",
    ),
}
IN_PROCESS = """
import contextlib, io, statistics, time
code = compile({code!r}, 'case', 'exec')
def once():
    started = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        exec(code, {{'__name__': '__main__'}})
    return 1000 * (time.perf_counter() - started)
once(), once()
print(statistics.median(once() for _ in range(7)))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions: under a minute")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    warm_runs, cold_runs, seconds = (15, 2, 5.0) if arguments.quick else (60, 7, 30.0)
    report: dict[str, Any] = {}
    warm = pool.Pool(slots=2, accepted_gaps=accepted_gaps())
    try:
        for name, (runtime, code) in CASES.items():
            if load(runtime).is_built:
                say(f"{name} …")
                report[name] = measure(warm, runtime, code, warm_runs, cold_runs)
        say("throughput …")
        report["runs_per_second"] = round(throughput(warm, *CASES["torch op"], seconds), 1)
    finally:
        warm.close()
    print(json.dumps(report) if arguments.json else table(report))
    return 0


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def measure(
    warm: pool.Pool, runtime: str, code: str, warm_runs: int, cold_runs: int
) -> dict[str, float]:
    request = Request(code=code, runtime=runtime, limits=LIMITS)
    check(warm.run(request))
    warm_ms = [timed(lambda: check(warm.run(request))) for _ in range(warm_runs)]
    cold_ms = [timed(lambda: run_cold(warm, request)) for _ in range(cold_runs)]
    floor = Request(code=IN_PROCESS.format(code=code), runtime=runtime, limits=LIMITS)
    in_process_ms = float(check(warm.run(floor)).stdout)
    warm_median, cold_median = statistics.median(warm_ms), statistics.median(cold_ms)
    return {
        "warm_ms": round(warm_median, 2),
        "warm_p95_ms": round(sorted(warm_ms)[int(0.95 * (len(warm_ms) - 1))], 2),
        "cold_ms": round(cold_median, 1),
        "cold_spread_ms": round(max(cold_ms) - min(cold_ms), 1),
        "ratio": round(cold_median / warm_median, 1),
        "in_process_ms": round(in_process_ms, 3),
        "over_in_process_ms": round(warm_median - in_process_ms, 2),
    }


def run_cold(warm: pool.Pool, request: Request) -> None:
    """Run in a jail and an interpreter made for this run alone, as others do."""
    runtime = load(request.runtime)
    runtime = dataclasses.replace(runtime, preload=(), after_import="", warm_up="")
    zygote = Zygote(runtime, warm.backend, warm.jail_root)
    try:
        child = zygote.prepare(request.limits, is_warmed_up=False)
        try:
            check(Execution(child, request, lambda event: None).run(lambda: False))
        finally:
            child.close()
    finally:
        zygote.stop()


def throughput(warm: pool.Pool, runtime: str, code: str, seconds: float) -> float:
    """Return runs a second with as many askers as slots, kept up for `seconds`."""
    request = Request(code=code, runtime=runtime, limits=LIMITS)
    deadline = time.monotonic() + seconds
    counts = [0] * warm.slots

    def ask(index: int) -> None:
        while time.monotonic() < deadline:
            check(warm.run(request))
            counts[index] += 1

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(warm.slots)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - started)


def check(result: Result) -> Result:
    if result.verdict != "ok":
        raise SystemExit(f"{result.verdict}: {result.reason}\n{result.stderr}")
    return result


def timed(action: Any) -> float:
    started = time.perf_counter()
    action()
    # A reader's next click is not at once: the waiting children are filled up again.
    elapsed_ms = 1000 * (time.perf_counter() - started)
    time.sleep(0.15)
    return elapsed_ms


def table(report: dict[str, Any]) -> str:
    lines = ["case        warm ms  p95  cold ms  ratio  in process ms"]
    lines += [
        f"{name:10} {case['warm_ms']:8} {case['warm_p95_ms']:6} {case['cold_ms']:8} "
        f"{case['ratio']:6} {case['in_process_ms']:8}"
        for name, case in report.items()
        if isinstance(case, dict)
    ]
    return "\n".join([*lines, f"torch runs a second, sustained: {report['runs_per_second']}"])


if __name__ == "__main__":
    sys.exit(main())
