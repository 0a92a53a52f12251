"""Processes for work that much of the processor goes into."""

import pytest

from kb.workers import cores, workers
from snippets.queueing import has_workers


@pytest.mark.skipif(cores() == 1, reason="one core has no other processes")
def test_processes_start_although_this_one_has_asked_the_broker(broker):
    # What was asked for last is still under way, and a fork would wait for the answer.
    has_workers(timeout_seconds=0.1)

    for _ in range(2):  # the first would take the answer, and the second wait for good
        with workers(1) as pool:
            assert pool is not None
            try:
                assert pool.submit(abs, -1).result(timeout=30) == 1
            except TimeoutError:
                for process in pool._processes.values():
                    process.kill()  # leaving the block would wait for it
                raise
