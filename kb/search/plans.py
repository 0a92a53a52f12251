"""A query as typed → a plan for an engine."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from kb.search.analyzer import analyze, is_han, subwords
from kb.search.engines.base import Alternative, Bound, Concept, Plan, title_key
from kb.search.queries import Filter, FilterKind, Query, Term
from kb.search.terms import exact_term
from kb.search.translating import translations
from kb.search.words import Word, telling_words, words_of

TRANSLATED = 0.6
"""The worth of a glossary's term beside the word that was typed."""
TRANSLATED_PART = 0.1
SUBWORDS = 0.5
LAST_PART = 0.3
"""`eval` alone, where `model.eval` was asked for."""
MOST_CONCEPTS = 40


def plan_query(query: Query, *, resolve_tag: Callable[[str], str | None]) -> Plan:
    """Return the plan; `resolve_tag` gives the slug of a tag's name or synonym.

    A tag that is not known matches nothing; the caller tells the reader.
    """
    wanted = [term for term in query.terms if not term.is_excluded]
    free = "\n".join(term.text for term in wanted if not term.is_phrase)
    filters = _Filters(resolve_tag)
    for one in query.filters:
        filters.add(one)
    return Plan(
        concepts=concepts_of(free)[:MOST_CONCEPTS],
        required=tuple(concept for term in wanted if term.is_phrase and (concept := _phrase(term))),
        excluded=tuple(
            concept
            for term in query.terms
            if term.is_excluded and (concept := _phrase(term, is_word=not term.is_phrase))
        ),
        title_key=title_key([token.text for token in analyze(free)]),
        **filters.values(),
    )


def loosen(plan: Plan) -> Plan:
    """Return the plan that also takes what only hints at what was asked for."""
    return dataclasses.replace(
        plan,
        concepts=tuple(
            dataclasses.replace(
                concept,
                alternatives=tuple(one._replace(is_partial=False) for one in concept.alternatives),
            )
            for concept in plan.concepts
        ),
    )


def concepts_of(text: str) -> tuple[Concept, ...]:
    """Return what the words of `text` ask for; words that say nothing count only alone."""
    return concepts_of_words(words_of(text))


def concepts_of_words(words: list[Word]) -> tuple[Concept, ...]:
    telling = telling_words(words)
    seen: dict[tuple[str, ...], int] = {}
    alternatives: list[list[Alternative]] = []
    chosen: list[Word] = []
    for word in telling:
        if word.tokens and word.tokens not in seen:
            seen[word.tokens] = len(chosen)
            chosen.append(word)
            alternatives.append(_alternatives(word))
    flat = [(token, seen[word.tokens]) for word in telling for token in word.tokens]
    typed = {token for token, _ in flat}
    for found in translations([token for token, _ in flat]):
        owners = Counter(owner for _, owner in flat[found.start : found.end])
        for owner, tokens in owners.items():
            # What translates a part of a name only hints at the name.
            is_partial = tokens < len(chosen[owner].tokens)
            weight = LAST_PART if is_partial else TRANSLATED / len(owners)
            for other in found.others:
                # A synonym made of the same words is asked for already.
                if not typed.issuperset(other):
                    one = Alternative(
                        tokens=other, weight=weight, is_partial=is_partial, is_translated=True
                    )
                    _add_new(alternatives[owner], [one, *_parts(other)])
    return tuple(
        Concept(alternatives=tuple(some), identifier=word.identifier)
        for word, some in zip(chosen, alternatives, strict=True)
    )


def _add_new(known: list[Alternative], others: Iterable[Alternative]) -> None:
    """Add the alternatives that ask for other words than those that are known."""
    for other in others:
        if all(set(one.tokens) != set(other.tokens) for one in known):
            known.append(other)


def _alternatives(word: Word) -> list[Alternative]:
    found = [Alternative(tokens=word.tokens)]
    if word.joined:
        found.append(Alternative(tokens=(word.joined,)))
    if len(word.tokens) > 1:
        found.append(Alternative(tokens=word.tokens[-1:], weight=LAST_PART, is_partial=True))
    elif len(word.surface) > 2 and is_han(word.surface) and (parts := subwords(word.surface)):
        found.append(Alternative(tokens=parts, weight=SUBWORDS))
    return found


def _parts(tokens: tuple[str, ...]) -> Iterator[Alternative]:
    """Yield the words of a translated term, each worth little alone."""
    for token in tokens if len(tokens) > 1 else ():
        yield Alternative(
            tokens=(token,), weight=TRANSLATED_PART, is_partial=True, is_translated=True
        )


def _phrase(term: Term, *, is_word: bool = False) -> Concept | None:
    tokens = tuple(token for word in words_of(term.text) for token in word.tokens)
    if not tokens:
        return None
    found = [Alternative(tokens=tokens, is_phrase=len(tokens) > 1)]
    if is_word and (words := words_of(term.text)) and len(words) == 1 and words[0].joined:
        found.append(Alternative(tokens=(words[0].joined,)))
    return Concept(alternatives=tuple(found))


class _Filters:
    """The parts of a plan that narrow."""

    def __init__(self, resolve_tag: Callable[[str], str | None]) -> None:
        self._resolve_tag = resolve_tag
        self._groups: list[tuple[str, ...]] = []
        self._barred: list[str] = []
        self._identifiers: list[str] = []
        self._code: list[Concept] = []
        self._excluded_code: list[Concept] = []
        self._bounds: list[Bound] = []
        self._barred_bounds: list[Bound] = []

    def add(self, one: Filter) -> None:
        match one.kind:
            case FilterKind.SCORE | FilterKind.ANSWERS | FilterKind.CREATED:
                assert one.range is not None, "the parser makes a range for each of these"
                bound = Bound(field=one.kind, low=one.range.low, high=one.range.high)
                (self._barred_bounds if one.is_excluded else self._bounds).append(bound)
            case FilterKind.IDENT:
                name = one.value.lower().strip(".()")
                self._identifiers.append(name)
            case FilterKind.CODE:
                # Code is in no language, so nothing is translated.
                self._code += [
                    Concept(alternatives=tuple(_alternatives(word)))
                    for word in words_of(one.value)
                    if word.tokens
                ]
            case _:
                term = self._term(one)
                if one.is_excluded:
                    self._barred.append(term)
                else:
                    self._groups.append((term,))

    def _term(self, one: Filter) -> str:
        if one.kind is FilterKind.TAG:
            return f"tag:{self._resolve_tag(one.value) or one.value.lower()}"
        return exact_term(one.kind, one.value)

    def values(self) -> dict[str, Any]:
        return {
            "filters": tuple(self._groups),
            "barred": tuple(self._barred),
            "identifiers": tuple(self._identifiers),
            "code": tuple(self._code),
            "bounds": tuple(self._bounds),
            "barred_bounds": tuple(self._barred_bounds),
        }
