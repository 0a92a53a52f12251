"""The glossary's terms in a text, and how the text in the other language says them. Pure."""

import dataclasses
import functools
import re
from collections.abc import Iterator, Sequence

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
    for name, entry in _found(_Text(source), language):
        names = _names(entry, other)
        used = next((one for one in names if there.has(one)), "")
        terms.setdefault(names[0], Term(name=name, approved=names[0], used=used))
    return sorted(terms.values(), key=lambda term: (bool(term.used), term.is_approved))


def _names(entry: Entry, language: Language) -> tuple[str, ...]:
    return entry.zh if language is Language.ZH else entry.en


class _Text:
    """A text in the two ways in which names are looked for."""

    def __init__(self, text: str) -> None:
        self.plain = normalise(text)
        self.tokens = [token.text for token in analyze(text)]
        self._joined = f" {' '.join(self.tokens)} "

    def has(self, name: str) -> bool:
        if HAN.search(name):
            return normalise(name) in self.plain
        tokens = _tokens(name)
        return bool(tokens) and f" {' '.join(tokens)} " in self._joined


def _found(text: _Text, language: Language) -> Iterator[tuple[str, Entry]]:
    """Yield the names in the text, the longer one where two begin alike, in reading order."""
    if language is Language.ZH:
        pattern, by_name = _chinese()
        for match in pattern.finditer(text.plain):
            yield match[0], by_name[match[0]]
    known = _latin(language)
    at = 0
    while at < len(text.tokens):
        for end in range(min(at + LONGEST, len(text.tokens)), at, -1):
            if found := known.get(tuple(text.tokens[at:end])):
                yield found
                at = end - 1
                break
        at += 1


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
