"""Kill workers, zygotes, the sandbox service and the broker at random while runs go through.

`python -m bench.chaos [--runs N] [--seconds-between-kills S] [--json]`; wants a running site
(`make up`) of its own: ZHIYAN_VAR names it. Every run must reach exactly one final status,
none later than 60 s after its limit, none may be told to its viewers as done twice, and of none
may the sandbox have seen two ends (its log has a line for each).
"""

import argparse
import collections
import contextlib
import json
import os
import random
import re
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.utils import timezone

from config import launch
from config.supervisor import Supervisor, log_path
from snippets import broker, services, streams
from snippets.models import Run

PROGRAMS = {
    "quick": "import torch\nprint(torch.ones(3).sum())",
    "one second": "import time\nfor i in range(10):\n    print(i)\n    time.sleep(0.1)",
    "fails": "print('so far')\n1 / 0",
    "endless": "while True: pass",
}
WEIGHTS = (80, 14, 5, 1)
VICTIMS = ("worker", "zygote", "sandbox", "valkey")
LATE_SECONDS = 60.0
GIVE_UP_SECONDS = 240.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seconds-between-kills", type=float, default=4.0)
    parser.add_argument("--per-second", type=float, default=8.0)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    supervisor = Supervisor(launch.this_site())
    if not supervisor.is_running():
        raise SystemExit("no running site here; start one: ZHIYAN_VAR=… make up")
    over = threading.Event()
    kills: collections.Counter[str] = collections.Counter()
    killer = threading.Thread(
        target=kill_at_random, args=(supervisor, arguments.seconds_between_kills, kills, over)
    )
    killer.start()
    started = time.monotonic()
    runs = [ask(index, 1 / arguments.per_second) for index in range(arguments.runs)]
    over.set()
    killer.join()
    wait_until_over(runs)
    report = judge(runs, ends_seen()) | {
        "kills": dict(kills),
        "seconds": round(time.monotonic() - started),
    }
    print(
        json.dumps(report) if arguments.json else "\n".join(f"{k}: {v}" for k, v in report.items())
    )
    is_sound = not (
        report["unfinished"] or report["late"] or report["told_twice"] or report["ended_twice"]
    )
    return 0 if is_sound else 1


def ask(index: int, pause_seconds: float) -> str:
    time.sleep(pause_seconds)
    (code,) = random.choices(list(PROGRAMS.values()), WEIGHTS)
    run = services.request_run(
        snippet=None, code=code, runtime="torch-2.13", session_key=f"chaos-{index}"
    )
    if index % 50 == 0:
        print(f"{index} asked", file=sys.stderr, flush=True)
    return run.public_id


def kill_at_random(
    supervisor: Supervisor, pause_seconds: float, kills: "collections.Counter[str]",
    over: threading.Event,
) -> None:  # fmt: skip
    while not over.wait(random.uniform(0.5, 1.5) * pause_seconds):
        victim = random.choice(VICTIMS)
        states = {state["name"]: state["pid"] for state in supervisor.states()}
        pids = [states.get(victim, 0)]
        if victim == "zygote":
            pids = children_of(states.get("sandbox", 0))
        for pid in filter(None, pids):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                kills[victim] += 1


def children_of(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    return []


def wait_until_over(public_ids: list[str]) -> None:
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while time.monotonic() < deadline:
        left = Run.objects.unfinished().filter(public_id__in=public_ids).count()
        print(f"{left} unfinished", file=sys.stderr, flush=True)
        if left == 0:
            return
        time.sleep(5)


def ends_seen() -> "collections.Counter[str]":
    """Count the ends of each run that the sandbox's log tells of."""
    log = log_path(launch.this_site(), "sandbox")
    text = "".join(path.read_text("utf-8", "replace") for path in log.parent.glob(f"{log.name}*"))
    return collections.Counter(re.findall(r"\brun ([\w-]+): \w+$", text, re.MULTILINE))


def judge(public_ids: list[str], ends: "collections.Counter[str]") -> dict[str, Any]:
    runs = list(Run.objects.filter(public_id__in=public_ids))
    now = timezone.now()
    waited = [((run.finished_at or now) - run.queued_at).total_seconds() for run in runs]
    limits = [run.limits["wall_seconds"] for run in runs]
    return {
        "runs": len(runs),
        "unfinished": sum(run.finished_at is None for run in runs),
        "late": sum(w > limit + LATE_SECONDS for w, limit in zip(waited, limits, strict=True)),
        "longest_seconds": round(max(waited), 1),
        "told_twice": sum(times_told(run.public_id) > 1 for run in runs),
        "ended": sum(ends[run.public_id] > 0 for run in runs),
        "ended_twice": sum(ends[run.public_id] > 1 for run in runs),
        "verdicts": dict(collections.Counter(run.verdict for run in runs)),
        "attempts": dict(collections.Counter(run.attempts for run in runs)),
        "reasons": dict(
            collections.Counter(run.reason[:80] for run in runs if run.verdict == "internal")
        ),
    }


def times_told(public_id: str) -> int:
    """Return how many ends a viewer of the run has been told, as far as the broker remembers."""
    entries = broker.client().xrange(streams.stream_key(public_id))
    return sum(fields.get(b"event") == b"done" for _, fields in entries)


if __name__ == "__main__":
    sys.exit(main())
