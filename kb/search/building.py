"""The documents of everything, made by several processes where there is much."""

import contextlib
import gc
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

from django.db import connections

from kb.search.documents import build_documents
from kb.search.engines.base import Document

MANY = 2000
"""Articles from which on other processes help: they take a moment to start."""
SELDOM = (50_000, 50, 1000)
"""When to look for cyclic garbage, of which documents make none."""
Built = tuple[int, Iterable[Document]]


class Builders:
    """Where documents are made: here, or in processes of their own."""

    def __init__(self, pool: ProcessPoolExecutor | None) -> None:
        self._pool = pool

    def build(self, batches: Iterable[Sequence[int]]) -> Iterator[Built]:
        """Yield how many articles a batch has, and their documents; in order."""
        if self._pool is None:
            for ids in batches:
                yield len(ids), build_documents(ids)
            return
        ahead: deque[tuple[int, Future[list[Document]]]] = deque()
        for ids in batches:
            ahead.append((len(ids), self._pool.submit(_build, list(ids))))
            if len(ahead) > 2 * _processes():
                count, documents = ahead.popleft()
                yield count, documents.result()
        for count, documents in ahead:
            yield count, documents.result()


@contextlib.contextmanager
def builders(articles: int) -> Iterator[Builders]:
    """Have processes ready for so many articles; before the block uses the database."""
    if articles < MANY or _processes() == 1:
        yield Builders(None)
        return
    connections.close_all()  # a connection belongs to one process
    gc.collect()
    gc.freeze()  # collecting would write to every object, and so copy it into each process
    context = get_context("fork")
    try:
        with ProcessPoolExecutor(_processes(), mp_context=context, initializer=_begin) as pool:
            pool.submit(int)  # starts them now, while this process is small
            yield Builders(pool)
            pool.shutdown(cancel_futures=True)
    finally:
        gc.unfreeze()


def _processes() -> int:
    return min(os.cpu_count() or 1, 4)


def _begin() -> None:
    gc.set_threshold(*SELDOM)


def _build(ids: list[int]) -> list[Document]:
    return list(build_documents(ids))
