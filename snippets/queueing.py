"""Telling the workers, by task name: whoever sends needs no task code."""

import redis
from celery import current_app
from kombu.exceptions import OperationalError

from sandbox import runtime
from snippets import broker
from snippets.models import Run

EXECUTE = "runs.execute"
CPU = "cpu"
GPU = "gpu"
VERIFY_QUEUE = "verify"
# Redis serves the lowest number first.
READER_PRIORITY = 0
VERIFICATION_PRIORITY = 6


def enqueue(run: Run) -> None:
    """Tell the workers of the run's queue; verification has one of its own, but for the GPU."""
    is_reader = run.purpose == Run.Purpose.READER
    queue = CPU if is_reader else VERIFY_QUEUE
    current_app.send_task(
        EXECUTE,
        args=[run.public_id],
        queue=GPU if runtime.load(run.runtime).gpu else queue,
        priority=READER_PRIORITY if is_reader else VERIFICATION_PRIORITY,
        retry=False,
    )


def has_workers(timeout_seconds: float = 1.0) -> bool:
    """Say whether a worker on this broker answers."""
    try:
        broker.client().ping()  # kombu would try again for six seconds
        return bool(current_app.control.ping(timeout=timeout_seconds))
    except (OperationalError, redis.RedisError, OSError):
        return False
