"""Other processes for work that much of the processor goes into, and fewer hunts for garbage."""

import contextlib
import gc
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, cast

from celery import current_app

SELDOM = (50_000, 50, 1000)
"""When to look for cyclic garbage, of which bulk work makes little: at the usual 700 objects it
takes a fifth of the time."""


@contextlib.contextmanager
def collecting_seldom() -> Iterator[None]:
    usual = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@contextlib.contextmanager
def workers(
    count: int, begin: Callable[[], object] = lambda: None
) -> Iterator[ProcessPoolExecutor | None]:
    """Have processes ready, each of which began with `begin`; None where there is but one core."""
    if cores() == 1:
        yield None
        return
    # A child closes what it has inherited, and would wait for an answer that comes here.
    pool = cast(Any, current_app.pool)  # of connections; its stub has another class
    pool.resize(pool.limit, reset=True, ignore_errors=True)
    gc.collect()
    gc.freeze()  # collecting would write to every object, and so copy it into each process
    executor = ProcessPoolExecutor(
        count, mp_context=get_context("fork"), initializer=_begin, initargs=(begin,)
    )
    try:
        executor.submit(int)  # starts them now, while this process is small
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)
        gc.unfreeze()


def cores() -> int:
    """Return how many cores this process may use, as far as it makes use of them."""
    return min(len(os.sched_getaffinity(0)), 4)


def _begin(begin: Callable[[], object]) -> None:
    gc.set_threshold(*SELDOM)
    begin()
