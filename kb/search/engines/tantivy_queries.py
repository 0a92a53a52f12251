"""A plan in tantivy's own terms, and the fields it speaks of. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import tantivy
from tantivy import Occur

from kb.search.engines.base import (
    FACETS,
    TITLE_WEIGHT,
    Alternative,
    Concept,
    Plan,
    Sort,
)

SORT_FIELDS = {Sort.NEWEST: "updated", Sort.VOTES: "score", Sort.VERIFIED: "verified_at"}
Query = tantivy.Query


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in ("post", "article", *SORT_FIELDS.values(), "answers", "created"):
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in ("health", "title_zh", "title_en", "key_zh", "key_en"):
        builder.add_integer_field(name, fast=True)
    for name in ("title", "text", "code"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in ("identifiers", "words"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field("terms", tokenizer_name="raw", index_option="basic")
    for name in FACETS:
        builder.add_text_field(
            f"facet_{name}", tokenizer_name="raw", index_option="basic", fast=True
        )
    builder.add_bytes_field("shown", stored=True)
    return builder.build()


SCHEMA = _schema()
SAMPLES = 16
"""Every post is in one of so many samples, whose terms these are."""


def sample_term(number: int) -> str:
    return f"sample:{number % SAMPLES}"


def ranking_query(plan: Plan) -> Query:
    """Return the query that scores what it matches."""
    ranked = [q for concept in plan.concepts for one in concept.whole for q in _ranked(one)]
    clauses = [(Occur.Must, _any(ranked))] if ranked else []
    clauses += [
        (Occur.Must, _any(q for one in concept.whole for q in _ranked(one)))
        for concept in plan.required
    ]
    hints = [
        q for c in plan.concepts for one in c.alternatives if one.is_partial for q in _ranked(one)
    ]
    return _with_narrowing(plan, clauses, hints)


def matching_query(plan: Plan) -> Query:
    """Return the query that matches the same posts, at half the price."""
    # Whatever stands in a title stands in the text, too.
    wanted = [_in_field("text", one) for concept in plan.concepts for one in concept.whole]
    clauses = [(Occur.Must, _any(wanted))] if wanted else []
    clauses += [(Occur.Must, anywhere(concept)) for concept in plan.required]
    return _with_narrowing(plan, clauses, [])


def _with_narrowing(plan: Plan, clauses: list[tuple[Any, Query]], hints: Sequence[Query]) -> Query:
    narrowing = [_any(_in_field("code", a) for a in c.whole) for c in plan.code]
    narrowing += [_any(_term(term) for term in group) for group in plan.filters]
    narrowing += [Query.term_query(SCHEMA, "identifiers", name) for name in plan.identifiers]
    narrowing += [_bound(bound.field, bound.low, bound.high) for bound in plan.bounds]
    clauses += [(Occur.Must, Query.const_score_query(query, 0.0)) for query in narrowing]
    barred = [anywhere(concept) for concept in plan.excluded]
    barred += [_term(term) for term in plan.barred]
    barred += [_bound(bound.field, bound.low, bound.high) for bound in plan.barred_bounds]
    if not clauses:
        clauses.append((Occur.Must, Query.all_query()))
    clauses += [(Occur.MustNot, query) for query in barred]
    clauses += [(Occur.Should, query) for query in hints]
    # A union alone lets the engine skip what cannot be among the best.
    return clauses[0][1] if len(clauses) == 1 else Query.boolean_query(clauses)


def _ranked(one: Alternative) -> Iterator[Query]:
    yield _boosted(_in_field("text", one), one.weight)
    yield _boosted(_in_field("title", one), one.weight * TITLE_WEIGHT)


def anywhere(concept: Concept) -> Query:
    return _any(_in_field("text", one) for one in concept.whole)


def sampled(query: Query, samples: int) -> Query:
    """Return the query on so many of the samples alone."""
    some = _any(_term(sample_term(number)) for number in range(samples))
    return Query.boolean_query([(Occur.Must, some), (Occur.Must, query)])


def in_title(concept: Concept) -> Query:
    return _any(_in_field("title", one) for one in concept.whole)


def _in_field(field: str, one: Alternative) -> Query:
    if len(one.tokens) == 1:
        return Query.term_query(SCHEMA, field, one.tokens[0])
    if one.is_phrase:
        return Query.phrase_query(SCHEMA, field, list(one.tokens))
    each = [(Occur.Must, Query.term_query(SCHEMA, field, token)) for token in one.tokens]
    return Query.boolean_query(each)


def _any(queries: Iterable[Query]) -> Query:
    every = list(queries)
    if not every:
        return Query.empty_query()
    return every[0] if len(every) == 1 else Query.boolean_query([(Occur.Should, q) for q in every])


def _boosted(query: Query, weight: float) -> Query:
    return query if weight == 1 else Query.boost_query(query, weight)


def _term(term: str) -> Query:
    return Query.term_query(SCHEMA, "terms", term)


def _bound(field: str, low: int | None, high: int | None) -> Query:
    return Query.range_query(
        SCHEMA,
        field,
        tantivy.FieldType.Integer,
        -(2**62) if low is None else low,
        2**62 if high is None else high,
    )
