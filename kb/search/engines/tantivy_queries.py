"""A plan in tantivy's own terms, and the fields it speaks of. Pure."""

import functools
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import tantivy
from tantivy import Occur

from kb.search.engines.base import (
    FACETS,
    TITLE_WEIGHT,
    Alternative,
    Concept,
    Coverage,
    Plan,
    Sort,
    place_of,
)

SORT_FIELDS = {Sort.NEWEST: "updated", Sort.VOTES: "score", Sort.VERIFIED: "verified_at"}
Query = tantivy.Query


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in ("post", "article"):
        builder.add_integer_field(name, indexed=True, fast=True)
    # Ranges are looked for in the columns.
    for name in (
        *SORT_FIELDS.values(), "answers", "created", "health",
        "title_zh", "title_en", "key_zh", "key_en",
    ):  # fmt: skip
        builder.add_integer_field(name, fast=True)
    for name in ("title", "text", "code"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in ("identifiers", "words", "terms"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in FACETS:
        builder.add_text_field(
            f"facet_{name}", tokenizer_name="raw", index_option="basic", fast=True
        )
    builder.add_bytes_field("shown", stored=True)
    return builder.build()


SCHEMA = _schema()
# Whole numbers are exact in the engine's 32-bit scores up to so many bits.
BITS = 24
GROUPED = 0.7
"""The worth of all words of an alternative of several, beside one that is a single word."""
SAMPLES = 16
"""Half of the articles are in the first sample, half of those in the second, and so on."""


@functools.lru_cache(maxsize=1)  # an article's posts come one after the other
def samples_of(article: int) -> tuple[str, ...]:
    """Return the terms of the samples that an article is in.

    An index is filled by place, so a sample is one stretch of it: what lies outside is not read.
    """
    # Of the lowest 2**31 places one halving, of the lowest 2**30 two.
    halvings = 32 - place_of(article).bit_length()
    return tuple([f"sample:{halving}" for halving in range(1, min(halvings, SAMPLES) + 1)])


def ranking_query(plan: Plan, *, is_exact: bool) -> Query:
    """Return a query that scores what the plan matches; if not exact, it matches more.

    For scores, groups of words are taken apart: one union of single words costs a third of
    what it does beside groups of which all words must be there.
    """
    scored = [_any(_boosted(_weights(concept.whole))) for concept in plan.required]
    alternatives = itertools.chain(*(concept.alternatives for concept in plan.concepts))
    if words := _weights(itertools.chain(*map(_words, alternatives))):
        scored.append(_any(_boosted(words)))
    if not is_exact:
        return _with_narrowing(plan, [(Occur.Must, query) for query in scored])
    matching = Query.const_score_query(matching_query(plan), 0.0)
    clauses = [(Occur.Must, matching), *((Occur.Should, query) for query in scored)]
    return Query.boolean_query(clauses)


def matching_query(plan: Plan) -> Query:
    """Return the query that matches what the plan does; without scores."""
    # Whatever stands in a title stands in the text, too.
    wanted = dict.fromkeys(_place("text", one) for c in plan.concepts for one in c.whole)
    clauses = [(Occur.Must, _any(itertools.starmap(_in_field, wanted)))] if wanted else []
    clauses += [(Occur.Must, anywhere(concept)) for concept in plan.required]
    return _with_narrowing(plan, clauses)


def _with_narrowing(plan: Plan, clauses: list[tuple[Any, Query]]) -> Query:
    narrowing = [_any(_in_field("code", a) for a in c.whole) for c in plan.code]
    narrowing += [_any(_term(term) for term in group) for group in plan.filters]
    narrowing += [Query.term_query(SCHEMA, "identifiers", name) for name in plan.identifiers]
    if plan.articles:
        narrowing.append(_any_of("article", plan.articles))
    narrowing += [_bound(bound.field, bound.low, bound.high) for bound in plan.bounds]
    clauses += [(Occur.Must, Query.const_score_query(query, 0.0)) for query in narrowing]
    barred = [anywhere(concept) for concept in plan.excluded]
    barred += [_term(term) for term in plan.barred]
    barred += [_bound(bound.field, bound.low, bound.high) for bound in plan.barred_bounds]
    if not clauses:
        clauses.append((Occur.Must, Query.all_query()))
    clauses += [(Occur.MustNot, query) for query in barred]
    return clauses[0][1] if len(clauses) == 1 else Query.boolean_query(clauses)


Place = tuple[str, Alternative]


def has_groups(plan: Plan) -> bool:
    """Say whether a ranking query that is not exact matches more than the plan does."""
    return any(
        len(one.tokens) > 1 or one.is_partial for c in plan.concepts for one in c.alternatives
    )


def _words(one: Alternative) -> Iterator[Alternative]:
    """Yield an alternative, or the words of one that has several."""
    if len(one.tokens) <= 1:
        yield one
        return
    weight = one.weight * GROUPED / len(one.tokens)
    for token in set(one.tokens):
        yield one._replace(tokens=(token,), weight=weight)


def _weights(alternatives: Iterable[Alternative]) -> dict[Place, float]:
    """Return what is looked for and its weight; what several words ask for is read once."""
    weights: dict[Place, float] = defaultdict(float)
    for one in alternatives:
        weights[_place("text", one)] += one.weight
        # Those that are ranked anew are ranked by titles; what was typed gets them among those.
        if not one.is_translated:
            weights[_place("title", one)] += one.weight * TITLE_WEIGHT
    return weights


def _place(field: str, one: Alternative) -> Place:
    is_ordered = one.is_phrase or len(one.tokens) == 1
    tokens = one.tokens if is_ordered else tuple(sorted(set(one.tokens)))
    return field, Alternative(tokens=tokens, is_phrase=one.is_phrase)


def _boosted(weights: Mapping[Place, float]) -> Iterator[Query]:
    for place, weight in weights.items():
        yield Query.boost_query(_in_field(*place), weight)


def anywhere(concept: Concept) -> Query:
    return _any(_in_field("text", one) for one in concept.whole)


def any_of_posts(posts: Sequence[int]) -> Query:
    """Return the query for these posts; their scores are 0."""
    return Query.const_score_query(_any_of("post", posts), 0.0)


class Probe(NamedTuple):
    """Asks which posts have a concept in a field; a few bits of the score count the answers."""

    concept: int  # its bit in a Coverage
    kind: str  # as in Coverage
    queries: Sequence[Query]  # any will do
    one: int  # what an answer adds to the score
    bits: int  # of the score, for all answers


def probes_of(concepts: Sequence[Concept]) -> Iterator[list[Probe]]:
    """Yield groups of probes whose bits fit into one score."""
    some: list[Probe] = []
    used = 0
    for place, concept in enumerate(concepts):
        for kind, queries in _probed(concept):
            needed = len(queries).bit_length()
            if used + needed > BITS:
                yield some
                some, used = [], 0
            bits = (1 << needed) - 1 << used
            some.append(Probe(1 << place, kind, queries, 1 << used, bits))
            used += needed
    if some:
        yield some


def _probed(concept: Concept) -> Iterator[tuple[str, list[Query]]]:
    yield "text", [_in_field("text", one) for one in concept.whole]
    yield "title", [_in_field("title", one) for one in concept.whole]
    if concept.identifier:
        yield "identifier", [Query.term_query(SCHEMA, "identifiers", concept.identifier)]


def counting(among: Query, probes: Sequence[Probe]) -> Query:
    """Return the query whose scores have each probe's count in its bits.

    What each probe asks is optional beside all documents, so that it is asked about the few posts
    alone, where a union of them all would read everything between those posts.
    """
    everything = Query.const_score_query(Query.all_query(), 0.0)
    clauses = [(Occur.Must, among)]
    for probe in probes:
        for one in probe.queries:
            hit = Query.const_score_query(one, float(probe.one))
            optional = Query.boolean_query([(Occur.Must, everything), (Occur.Should, hit)])
            clauses.append((Occur.Must, optional))
    return Query.boolean_query(clauses)


def read_counts(groups: Sequence[Sequence[Probe]], counts: Sequence[int]) -> Coverage:
    """Return what the scores of a post say, one for each group; none for a post that is gone."""
    has = {"text": 0, "title": 0, "identifier": 0}
    for probes, count in zip(groups, counts, strict=False):
        for probe in probes:
            if count & probe.bits:
                has[probe.kind] |= probe.concept
    return Coverage(**has)


def sampled(query: Query, halvings: int) -> Query:
    """Return the query on a sample of the articles, halved so many times."""
    if not halvings:
        return query
    return Query.boolean_query([(Occur.Must, _term(f"sample:{halvings}")), (Occur.Must, query)])


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


def _any_of(field: str, numbers: Iterable[int]) -> Query:
    # A set of terms would be looked for by an automaton, which takes four times as long.
    return _any(Query.term_query(SCHEMA, field, one, index_option="basic") for one in numbers)


def _term(term: str) -> Query:
    return Query.term_query(SCHEMA, *field_of(term))


@functools.lru_cache(maxsize=10_000)
def field_of(term: str) -> tuple[str, str]:
    """Return the field that a term is in, and how it stands there."""
    name, _, value = term.partition(":")
    return (f"facet_{name}", value) if name in FACETS else ("terms", term)


def _bound(field: str, low: int | None, high: int | None) -> Query:
    return Query.range_query(
        SCHEMA,
        field,
        tantivy.FieldType.Integer,
        -(2**62) if low is None else low,
        2**62 if high is None else high,
    )
