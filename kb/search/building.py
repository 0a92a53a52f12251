"""The documents of everything, made by several processes where there is much."""

import contextlib
import marshal
from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor

from django.db import connections

from kb.models import Article
from kb.search.documents import build_documents
from kb.search.engines.base import Document, place_of
from kb.workers import collecting_seldom, cores, workers

BATCH_ARTICLES = 500
"""With fewer, asking the database takes longer than what it answers."""
MANY = 2000
"""Articles from which on other processes help: they take a moment to start."""
Built = tuple[int, Iterable[Document]]


def article_batches() -> Iterator[Sequence[int]]:
    """Yield the ids of all articles in the order of their places, some at a time."""
    ids = Article.objects.order_by("pk").values_list("pk", flat=True).iterator()
    placed = array("q", sorted(ids, key=place_of))
    for start in range(0, len(placed), BATCH_ARTICLES):
        yield placed[start : start + BATCH_ARTICLES]


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
        ahead: deque[tuple[int, Future[bytes]]] = deque()
        for ids in batches:
            ahead.append((len(ids), self._pool.submit(_build, list(ids))))
            if len(ahead) > 2 * cores():
                yield _received(*ahead.popleft())
        for one in ahead:
            yield _received(*one)


@contextlib.contextmanager
def builders(articles: int) -> Iterator[Builders]:
    """Have processes ready for so many articles; before the block uses the database."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(collecting_seldom())
        pool = None
        if articles >= MANY:
            connections.close_all()  # a connection belongs to one process
            # One core is for this process and the engine, which have as much to do as a worker.
            pool = stack.enter_context(workers(cores() - 1))
        yield Builders(pool)


# Plain tuples, since thousands of objects of a class take thrice as long to send.


def _build(ids: list[int]) -> bytes:
    return marshal.dumps([tuple(document) for document in build_documents(ids)])


def _received(count: int, sent: Future[bytes]) -> Built:
    return count, map(Document._make, marshal.loads(sent.result()))  # noqa: S302 - our own process
