"""Work that is done on another thread while this one goes on."""

import functools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from kb.workers import cores

T = TypeVar("T")


def begin(work: Callable[[], T]) -> Callable[[], T]:
    """Begin `work`, which must not use the database; what is returned gives its result.

    With one core it is done when it is asked for: threads would only take turns.
    """
    return _threads().submit(work).result if cores() > 1 else work


@functools.cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(cores(), thread_name_prefix="beside")


os.register_at_fork(after_in_child=_threads.cache_clear)  # a child has none of its threads
