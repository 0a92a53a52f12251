"""The glossary's terms in a text, and how the text in the other language says them. Pure."""

import dataclasses
import functools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kb.models import Language
from kb.search.analyzer import analyze
from kb.search.glossary import Entry, entries
from kb.search.normalising import normalise

LONGEST = 6
"""Words of the longest English term."""
HAN = re.compile(r"[㐀-鿿]")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Term:
    """A term of one text: `approved` is what the other language calls it first."""

    name: str
    approved: str
    used: str  # the name that the other text has for it; empty: none

    @property
    def is_approved(self) -> bool:
        return self.used == self.approved


def compare_terms(source: str, target: str, *, language: Language) -> list[Term]:
    """Return the terms of `source`, which is in `language`; first those that `target` lacks.

    Both are prose, without code and formulas.
    """
    other = Language.EN if language is Language.ZH else Language.ZH
    there = _Text(target)
    terms: dict[str, Term] = {}
    for found in find_terms(source, language):
        names = _names(found.entry, other)
        used = next((one for one in names if there.has(one)), "")
        terms.setdefault(names[0], Term(name=found.name, approved=names[0], used=used))
    return sorted(terms.values(), key=lambda term: (bool(term.used), term.is_approved))


class Found(NamedTuple):
    """A term that stands from `start` to `end`."""

    start: int
    end: int
    name: str
    entry: Entry


def find_terms(text: str, language: Language) -> Iterator[Found]:
    """Yield the terms of a text, the longer one where two begin alike; first the Chinese names."""
    if language is Language.ZH:
        pattern, by_name = _chinese()
        for match in pattern.finditer(normalise(text)):
            yield Found(*match.span(), match[0], by_name[match[0]])
    known = _latin(language)
    tokens = analyze(text)
    at = 0
    while at < len(tokens):
        for end in range(min(at + LONGEST, len(tokens)), at, -1):
            if found := known.get(tuple(token.text for token in tokens[at:end])):
                yield Found(tokens[at].start, tokens[end - 1].end, *found)
                at = end - 1
                break
        at += 1


def _names(entry: Entry, language: Language) -> tuple[str, ...]:
    return entry.zh if language is Language.ZH else entry.en


class _Text:
    """A text in the two ways in which a name is looked for in it."""

    def __init__(self, text: str) -> None:
        self.plain = normalise(text)
        self._joined = f" {' '.join(token.text for token in analyze(text))} "

    def has(self, name: str) -> bool:
        if HAN.search(name):
            return normalise(name) in self.plain
        tokens = _tokens(name)
        return bool(tokens) and f" {' '.join(tokens)} " in self._joined


@functools.cache
def _chinese() -> tuple[re.Pattern[str], dict[str, Entry]]:
    by_name = {normalise(name): entry for entry in entries() for name in entry.zh
               if HAN.search(name)}  # fmt: skip
    longest_first = sorted(by_name, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)) or "(?!)"), by_name


@functools.cache
def _latin(language: Language) -> dict[tuple[str, ...], tuple[str, Entry]]:
    return {
        tokens: (name, entry)
        for entry in reversed(entries())
        for name in _names(entry, language)
        if not HAN.search(name) and (tokens := tuple(_tokens(name)))
    }


@functools.cache
def _tokens(name: str) -> Sequence[str]:
    return [token.text for token in analyze(name)]
