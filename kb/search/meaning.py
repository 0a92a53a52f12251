"""Articles that are found by what their titles mean, beside those that are found by words.

Without requirements-semantic.txt there are none, and nothing else of a search changes.
"""

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from kb.search.engines.base import Candidate, Facets, Plan, Reader, Sort
from kb.search.queries import Query
from kb.search.vectors import near_articles

LEAST_WORDS = 2
"""One word, or a name from code, means too little to be compared with a title."""
LEAST_ALIKE_ALONE = 0.45
"""The least cosine to be found without any word; of nonsense, most titles are below."""


Near = Callable[[], Mapping[int, float]]
"""Gives the articles whose titles mean nearly what was typed, and how nearly, up to 1."""


def near_query(query: Query, plan: Plan, *, sort: Sort) -> Mapping[int, float]:
    """Return the articles whose titles mean nearly what was typed, and how nearly, up to 1."""
    words = sum(not one.identifier for one in plan.concepts)
    if sort is not Sort.RELEVANCE or words < LEAST_WORDS:
        return {}
    # What stands in quotes is meant word by word.
    wanted = (term.text for term in query.terms if not term.is_excluded and not term.is_phrase)
    return near_articles(" ".join(wanted))


def candidates_near(reader: Reader, plan: Plan, near: Mapping[int, float]) -> Sequence[Candidate]:
    """Return the opening posts of the nearest articles that the plan's filters leave."""
    nearest = [article for article, alike in near.items() if alike >= LEAST_ALIKE_ALONE]
    if not nearest:
        return ()
    found = reader.search(_of_articles(plan, nearest), limit=len(nearest), sort=Sort.NEWEST)
    return found.candidates


def with_facets_of(reader: Reader, facets: Facets, plan: Plan, added: Sequence[int]) -> Facets:
    """Return the facets with these articles', which no word of the plan finds, counted too."""
    if not added:
        return facets
    more = reader.facets(_of_articles(plan, added), at_most=len(added))
    return Facets(
        counts={
            name: sorted(
                (Counter(dict(facets.counts[name])) + Counter(dict(found))).items(),
                key=lambda pair: (-pair[1], pair[0]),
            )
            for name, found in more.counts.items()
        },
        articles=facets.articles + more.articles,
    )


def _of_articles(plan: Plan, articles: Sequence[int]) -> Plan:
    return dataclasses.replace(
        plan,
        concepts=(),
        articles=tuple(articles),
        filters=(*plan.filters, ("opening",)),
    )
