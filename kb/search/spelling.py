"""Words that no article has → the nearest words that some have."""

import re
import threading
import time
from collections.abc import Callable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb.search.analyzer import LEXEME, NAMES, SEAM, is_han, stem
from kb.search.engines.base import Reader
from kb.search.normalising import normalise
from kb.search.queries import KINDS, FilterKind, Query, Remark, Trouble, parse_query

VOCABULARY = 50_000
VOCABULARY_SECONDS = 60
SHORTEST = 3
PREFIX_BONUS = 0.6  # "sav" is rather "save" half typed than "say"
FIRST_LETTER_COST = 0.7
OTHER_NAMES = {
    "tags": "tag", "topic": "tag", "language": "lang", "type": "is", "kind": "is",
    "status": "verified", "runtime": "runs-on", "votes": "score", "user": "author",
    "date": "created", "year": "created", "identifier": "ident",
}  # fmt: skip
"""What other sites call our filters."""
LONG_NAMES = [name for name in KINDS if len(name) >= 5]
"""Shorter ones are too much like other words: `mode`, `long`."""
OFTEN = re.compile(r"[A-Z]{2,4}")  # an abbreviation is no typing error


class _Vocabulary:
    """The commonest words of one index, read anew once a minute while it grows."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reader: Reader | None = None
        self._size = 0
        self._read_at = 0.0
        self._words: dict[str, int] = {}

    def of(self, reader: Reader) -> dict[str, int]:
        with self._lock:
            has_grown = reader.size() != self._size
            is_old = time.monotonic() - self._read_at > VOCABULARY_SECONDS
            if reader is not self._reader or (has_grown and is_old):
                self._words = dict(reader.words("", VOCABULARY))
                self._reader, self._size = reader, reader.size()
                self._read_at = time.monotonic()
            return self._words


_vocabulary = _Vocabulary()


def correct(query: Query, reader: Reader) -> str | None:
    """Return the query with its unknown words replaced; None where there is nothing to mend."""
    normal = normalise(query.text)
    changes: list[tuple[int, int, str]] = []
    names = {one.start: one.text for one in _unknown_filters(query)}
    for term in query.terms:
        if term.is_excluded:
            continue
        # What looks like a filter's name is left alone; its value is searched for.
        start = term.start + len(names.get(term.start, ""))
        for match in LEXEME.finditer(normal, start, term.end):
            for start, end in _parts(match[0]):
                word = match[0][start:end]
                if (better := _better(word, reader)) is not None:
                    changes.append((match.start() + start, match.start() + end, better))
    text = query.text
    for start, end, better in reversed(changes):
        text = text[:start] + better + text[end:]
    return text if changes else None


def name_filters(query: Query, *, resolve_tag: Callable[[str], str | None]) -> str | None:
    """Return the query with unknown filters by the names of those they were meant for, or None.

    None, too, where one of these does not take the value: `status:200` is no filter at all.
    """
    unknown = _unknown_filters(query)
    if not unknown:
        return None
    normal, text = normalise(query.text), query.text
    for remark in reversed(unknown):
        name = remark.text.rstrip(":")
        if (meant := _meant_filter(name)) is None:
            continue
        start = normal.index(name, remark.start)
        text = text[:start] + meant + text[start + len(name) :]
    named = parse_query(text)
    if text == query.text or any(one.trouble is Trouble.WRONG_VALUE for one in named.remarks):
        return None
    tags = [one.value for one in named.filters if one.kind is FilterKind.TAG]
    return text if all(map(resolve_tag, tags)) else None


def _unknown_filters(query: Query) -> list[Remark]:
    return [one for one in query.remarks if one.trouble is Trouble.UNKNOWN_FILTER]


def _meant_filter(name: str) -> str | None:
    if name in OTHER_NAMES:
        return OTHER_NAMES[name]
    found = process.extractOne(name, LONG_NAMES, scorer=OSA.distance, score_cutoff=2)
    return found[0] if found and found[1] <= (2 if len(found[0]) > 6 else 1) else None


def _parts(lexeme: str) -> list[tuple[int, int]]:
    if is_han(lexeme) or not lexeme.isascii():
        return []
    parts: list[tuple[int, int]] = []
    start = 0
    for seam in SEAM.finditer(lexeme):
        parts.append((start, seam.start()))
        start = seam.end()
    return [*parts, (start, len(lexeme))]


def _better(word: str, reader: Reader) -> str | None:
    if len(word) < SHORTEST or not word.isalpha() or OFTEN.fullmatch(word):
        return None
    lower = word.lower()
    if lower in NAMES or reader.frequency(stem(word)):
        return None
    vocabulary = _vocabulary.of(reader)
    most = 1 if len(word) <= 4 else 2
    found = process.extract(
        lower, vocabulary.keys(), scorer=OSA.distance, score_cutoff=most, limit=20
    )
    if not found:
        return None

    def cost(candidate: str, distance: float) -> tuple[float, int]:
        bonus = PREFIX_BONUS if candidate.startswith(lower) else 0.0
        other_start = FIRST_LETTER_COST if candidate[0] != lower[0] else 0.0
        return distance - bonus + other_start, -vocabulary[candidate]

    best = min(found, key=lambda one: cost(one[0], one[1]))[0]
    return best.capitalize() if word[0].isupper() and not word.isupper() else best
