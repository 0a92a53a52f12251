"""The articles whose titles mean nearly what was typed: all titles' vectors, held in memory."""

import dataclasses
import threading
import time
from typing import TypeAlias

import numpy as np
from django.db.models import Count, Max
from numpy.typing import NDArray

from kb.models import TitleVector
from kb.search import encoder

LOOK_SECONDS = 10.0
"""How often new titles are looked for; reading 100,000 takes a third of a second."""
NEAREST = 20
LEAST_ALIKE = 0.3
"""The least cosine that counts for anything."""
COMPARED = 400
"""Titles of which all numbers are compared, after the signs of every title's."""

Signs: TypeAlias = NDArray[np.uint64]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Titles:
    """The vectors as they were when the table had this many rows, and this last one."""

    count: int
    last: int
    articles: NDArray[np.int64]
    codes: encoder.Codes  # a row for each title
    signs: Signs  # a column for each title

    def near(self, vector: encoder.Vectors) -> dict[int, float]:
        """Return the nearest articles, nearest first, and how alike they are, up to 1."""
        if not len(self.articles):
            return {}
        apart = np.zeros(len(self.articles), dtype=np.uint16)
        for row, signs in zip(self.signs, _signs(vector[None]), strict=True):
            apart += np.bitwise_count(row ^ signs)
        some = np.argpartition(apart, min(COMPARED, len(apart)) - 1)[:COMPARED]
        alike = self.codes[some].astype(np.float32) @ vector / encoder.SCALE
        found: dict[int, float] = {}
        for place in np.argsort(-alike):
            if alike[place] < LEAST_ALIKE or len(found) == NEAREST:
                break
            found.setdefault(int(self.articles[some[place]]), float(alike[place]))
        return found


@dataclasses.dataclass(kw_only=True)
class _Held:
    titles: Titles | None = None
    look_at: float = 0.0


_held = _Held()
_looking = threading.Lock()


def nearest_articles(text: str) -> dict[int, float]:
    """Return the articles with a title that means nearly this, nearest first, up to 1 each."""
    return _titles().near(encoder.encode([text])[0])


def forget_titles() -> None:
    """Have the next search read all titles' vectors anew."""
    _held.titles = None


def _titles() -> Titles:
    with _looking:
        if _held.titles is None or time.monotonic() >= _held.look_at:
            _held.titles = _read(_held.titles)
            _held.look_at = time.monotonic() + LOOK_SECONDS
        return _held.titles


def _read(known: Titles | None) -> Titles:
    found = TitleVector.objects.aggregate(count=Count("pk"), last=Max("pk"))
    count, last = found["count"], found["last"] or 0
    if known is not None and (known.count, known.last) == (count, last):
        return known
    articles: list[int] = []
    numbers = bytearray()
    rows = TitleVector.objects.order_by("pk").values_list("article_id", "vector")
    for article, vector in rows.iterator(chunk_size=2000):
        if len(vector) == encoder.SIZE:
            articles.append(article)
            numbers += vector
    codes = np.frombuffer(numbers, dtype=np.int8).reshape(-1, encoder.SIZE)
    return Titles(
        count=count,
        last=last,
        articles=np.array(articles, dtype=np.int64),
        codes=codes,
        signs=_signs(codes),
    )


def _signs(numbers: encoder.Vectors | encoder.Codes) -> Signs:
    bits = np.packbits(numbers > 0, axis=1).view(np.uint64)
    return np.ascontiguousarray(bits.T)
