"""Posts that an engine found → the best post of each article, in the order of a page."""

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence

from kb.search import ranking
from kb.search.beside import begin
from kb.search.engines.base import (
    FACETS,
    Candidate,
    Concept,
    Coverage,
    Facets,
    Found,
    Plan,
    Reader,
    Sort,
)
from kb.search.meaning import Near, candidates_near

MOST_CANDIDATES = 3_200

Group = tuple[Candidate, float]  # an article's best post and its score


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ranked:
    groups: Sequence[Group]  # best first
    covered: float  # the largest part of the query that one of them has
    found: Found  # by words
    facets: Callable[[], Facets]  # being counted
    by_meaning: Sequence[int] = ()  # the articles that were not


def rank(
    reader: Reader, plan: Plan, near_of: Near, *, lang: str, wanted: int, sort: Sort
) -> Ranked:
    """Return at least `wanted` articles where there are so many; `lang` is the query's.

    `near_of` takes longer than all the rest, and is asked only where words find too little.
    """
    if not plan.is_ranked and sort is Sort.RELEVANCE:
        sort = Sort.NEWEST
    limit = ranking.RERANKED
    while limit < wanted * 2:
        limit *= 2
    is_exact = False
    facets = None
    while True:
        found = reader.search(plan, limit=limit, sort=sort, is_exact=is_exact)
        facets = facets or _begin_facets(reader, plan, found)
        if sort is Sort.RELEVANCE:
            ranked = _ranked(reader, plan, found, near_of, facets, lang=lang)
        else:
            groups = _group([(one, 0.0) for one in found.candidates])
            covered = 1.0 if groups else 0.0
            ranked = Ranked(groups=groups, covered=covered, found=found, facets=facets)
        if len(ranked.groups) >= wanted or found.total <= limit or limit >= MOST_CANDIDATES:
            return ranked
        if is_exact or not found.is_loose:
            limit *= 2
        is_exact = True


def _begin_facets(reader: Reader, plan: Plan, found: Found) -> Callable[[], Facets]:
    if not found.total:
        return lambda: Facets(counts=dict.fromkeys(FACETS, ()), articles=0)
    count = functools.partial(reader.facets, plan, at_most=found.total)
    return begin(count) if reader.answers_threads else count


def _ranked(
    reader: Reader,
    plan: Plan,
    found: Found,
    near_of: Near,
    facets: Callable[[], Facets],
    *,
    lang: str,
) -> Ranked:
    concepts = [*plan.concepts, *plan.required]
    rarities = rarities_of(reader, concepts)
    has = dict(reader.coverage([one.post for one in found.candidates], concepts))
    covered = _most_covered(has, rarities)
    near = near_of() if covered < ranking.FOUND else {}
    beside = candidates_near(reader, plan, near)
    if more := [one.post for one in beside if one.post not in has]:
        has.update(reader.coverage(more, concepts))
        covered = _most_covered(has, rarities)
    asked = (1 << len(plan.concepts)) - 1
    candidates = found.candidates
    if found.is_loose:
        candidates = [one for one in candidates if has[one.post].text & asked]
    known = {one.article for one in candidates} if beside else ()
    others = [one for one in beside if one.article not in known]
    scores = ranking.score_all(
        [*candidates, *others],
        has,
        rarities=rarities,
        lang=lang,
        title_key=plan.title_key,
        near=ranking.as_far_as_open(near, covered),
    )
    groups = _group([(one, scores[one.post]) for one in (*candidates, *others)])
    groups.sort(key=lambda group: (-group[1], group[0].article))
    return Ranked(
        groups=groups,
        covered=covered,
        found=found,
        facets=facets,
        by_meaning=[one.article for one in others if not has[one.post].text & asked],
    )


def _most_covered(has: Mapping[int, Coverage], rarities: Sequence[float]) -> float:
    patterns = {one.text: one for one in has.values()}  # a few, for any number of posts
    return max((ranking.covered(one, rarities) for one in patterns.values()), default=0.0)


def _group(scored: Sequence[Group]) -> list[Group]:
    best: dict[int, Group] = {}
    for group in scored:
        known = best.get(group[0].article)
        if known is None or group[1] > known[1]:
            best[group[0].article] = group
    return list(best.values())


def rarities_of(reader: Reader, concepts: Sequence[Concept]) -> list[float]:
    """Return how much each concept tells.

    It is as rare as the commonest of what it may stand for, each as rare as its rarest token.
    """
    size = reader.size()
    return [
        ranking.rarity(
            max((min(map(reader.frequency, one.tokens)) for one in concept.whole), default=0), size
        )
        for concept in concepts
    ]
