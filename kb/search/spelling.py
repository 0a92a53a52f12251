"""Words that no article has → the nearest words that some have."""

import re
import threading
import time

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb.search.analyzer import LEXEME, NAMES, SEAM, is_han, stem
from kb.search.engines.base import Reader
from kb.search.normalising import normalise
from kb.search.queries import KINDS, Query, Trouble

VOCABULARY = 50_000
VOCABULARY_SECONDS = 60
SHORTEST = 3
PREFIX_BONUS = 0.6  # "sav" is rather "save" half typed than "say"
FIRST_LETTER_COST = 0.7
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
    unknown = {one.start: one for one in query.remarks if one.trouble is Trouble.UNKNOWN_FILTER}
    for term in query.terms:
        if remark := unknown.get(term.start):
            # What it is set to is no word, so its name alone can be mended.
            name = remark.text.rstrip(":")
            if (better := _better_filter(name)) is not None:
                start = normal.index(name, term.start)
                changes.append((start, start + len(name), better))
            continue
        if term.is_excluded:
            continue
        for match in LEXEME.finditer(normal, term.start, term.end):
            for start, end in _parts(match[0]):
                word = match[0][start:end]
                if (better := _better(word, reader)) is not None:
                    changes.append((match.start() + start, match.start() + end, better))
    text = query.text
    for start, end, better in reversed(changes):
        text = text[:start] + better + text[end:]
    return text if changes else None


def _better_filter(name: str) -> str | None:
    """Return the filter that a name was meant for: `lang` for `language`, `tag` for `tags`."""
    longer = [kind for kind in KINDS if name.startswith(kind) and len(kind) >= SHORTEST]
    if longer:
        return longer[0]
    most = 1 if len(name) <= 4 else 2
    found = process.extractOne(name, KINDS.keys(), scorer=OSA.distance, score_cutoff=most)
    return found[0] if found and len(name) >= SHORTEST else None


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
