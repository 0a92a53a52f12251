"""Posts that an engine found → the best post of each article, in the order of a page."""

import dataclasses
from collections.abc import Mapping, Sequence

from kb.search import ranking
from kb.search.engines.base import Candidate, Concept, Coverage, Found, Plan, Reader, Sort
from kb.search.meaning import candidates_near

MOST_CANDIDATES = 3_200

Group = tuple[Candidate, float]  # an article's best post and its score


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ranked:
    groups: Sequence[Group]  # best first
    covered: float  # the largest part of the query that one of them has
    found: Found  # by words
    by_meaning: Sequence[int] = ()  # the articles that were not


def rank(
    reader: Reader, plan: Plan, near: Mapping[int, float], *, lang: str, wanted: int, sort: Sort
) -> Ranked:
    """Return at least `wanted` articles where there are so many.

    `lang` is the query's; `near` says which articles' titles mean nearly the same.
    """
    if not plan.is_ranked and sort is Sort.RELEVANCE:
        sort = Sort.NEWEST
    limit = ranking.RERANKED
    while limit < wanted * 2:
        limit *= 2
    beside = candidates_near(reader, plan, near)
    is_exact = False
    while True:
        found = reader.search(plan, limit=limit, sort=sort, is_exact=is_exact)
        if sort is Sort.RELEVANCE:
            ranked = _ranked(reader, plan, found, beside, near, lang=lang)
        else:
            groups = _group([(one, 0.0) for one in found.candidates])
            ranked = Ranked(groups=groups, covered=1.0 if groups else 0.0, found=found)
        if len(ranked.groups) >= wanted or found.total <= limit or limit >= MOST_CANDIDATES:
            return ranked
        if is_exact or not found.is_loose:
            limit *= 2
        is_exact = True


def _ranked(
    reader: Reader,
    plan: Plan,
    found: Found,
    beside: Sequence[Candidate],
    near: Mapping[int, float],
    *,
    lang: str,
) -> Ranked:
    concepts = [*plan.concepts, *plan.required]
    rarities = rarities_of(reader, concepts)
    posts = dict.fromkeys(one.post for one in (*found.candidates, *beside))
    has = reader.coverage(list(posts), concepts)
    asked = (1 << len(plan.concepts)) - 1
    candidates = found.candidates
    if found.is_loose:
        candidates = [one for one in candidates if has[one.post].text & asked]
    known = {one.article for one in candidates} if beside else ()
    others = [one for one in beside if one.article not in known]
    covered = _most_covered(has, rarities)
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
