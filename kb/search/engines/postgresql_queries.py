"""Documents and plans in PostgreSQL's own terms. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from kb.search.engines.base import Alternative, Bound, Concept, Document, Plan

NUMBERS = (
    "post", "article", "score", "answers", "created", "updated", "verified_at", "health",
    "title_zh", "title_en", "key_zh", "key_en",
)  # fmt: skip
COLUMNS = (*NUMBERS, "shown", "doc", "code", "identifiers", "words", "terms")
# The largest position that PostgreSQL keeps, and the most for one word.
LAST_POSITION = 16_383
MOST_POSITIONS = 255


def row_of(document: Document) -> list[Any]:
    return [
        *(getattr(document, name) for name in NUMBERS),
        document.shown.decode().replace("\\u0000", ""),
        _vector(document.text.split(), len(document.title.split())),
        _vector(document.code.split(), 0),
        document.identifiers.split(),
        document.words.split(),
        list(document.terms),
    ]


def _vector(tokens: Sequence[str], title_length: int) -> str:
    """Return a tsvector's text; the title's tokens, which come first, have the weight A."""
    places: dict[str, list[str]] = defaultdict(list)
    for place, token in enumerate(tokens[:LAST_POSITION], 1):
        if len(places[token]) < MOST_POSITIONS:
            places[token].append(f"{place}{'A' if place <= title_length else 'B'}")
    return " ".join(f"{quoted(token)}:{','.join(some)}" for token, some in places.items())


def ranking_query(plan: Plan) -> str:
    concepts = [*plan.concepts, *plan.required]
    every = (one for concept in concepts for one in concept.alternatives)
    return " | ".join(f"({_alternative(one, '')})" for one in every)


def condition_of(plan: Plan) -> tuple[str, list[Any]]:
    where = ["true"]
    values: list[Any] = []

    def add(condition: str, value: Any) -> None:
        where.append(condition)
        values.append(value)

    if plan.concepts:
        add("doc @@ %s::tsquery", " | ".join(f"({any_of(one)})" for one in plan.concepts))
    for concept in plan.required:
        add("doc @@ %s::tsquery", any_of(concept))
    for concept in plan.code:
        add("code @@ %s::tsquery", any_of(concept))
    for group in plan.filters:
        add("terms && %s::text[]", list(group))
    for name in plan.identifiers:
        add("identifiers @> %s::text[]", [name])
    if plan.articles:
        add("article = ANY(%s)", list(plan.articles))
    for concept in plan.excluded:
        add("NOT doc @@ %s::tsquery", any_of(concept))
    if plan.barred:
        add("NOT terms && %s::text[]", list(plan.barred))
    where += [_between(bound, values) for bound in plan.bounds]
    where += [f"NOT ({_between(bound, values)})" for bound in plan.barred_bounds]
    return " AND ".join(where), values


def _between(bound: Bound, values: list[Any]) -> str:
    parts = ["true"]
    for sign, value in ((">=", bound.low), ("<=", bound.high)):
        if value is not None:
            parts.append(f"{bound.field} {sign} %s")
            values.append(value)
    return " AND ".join(parts)


def any_of(concept: Concept, weight: str = "") -> str:
    return " | ".join(f"({_alternative(one, weight)})" for one in concept.whole)


def _alternative(one: Alternative, weight: str) -> str:
    joint = " <-> " if one.is_phrase else " & "
    return joint.join(f"{quoted(token)}{weight}" for token in one.tokens)


def quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
