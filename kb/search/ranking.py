"""The order of results. All weights are here; bench/relevance.py says what each is worth."""

import functools
import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from kb.search.engines.base import Candidate, Coverage

NOTHING = Coverage()
RERANKED = 100
"""Posts that an engine hands over at first."""

ENGINE = 1.0  # the engine's own score, relative to the best
COVERAGE = 1.0  # part of the query that the post has, words weighed by how rare they are
TITLE_COVERAGE = 0.5  # the same of the title
TITLE_FIT = 0.3  # part of the title that was asked for
IDENTIFIER = 0.3  # a name exactly as it was typed
EXACT_TITLE = 2.0  # nothing but the title was typed
VOTES = 0.03  # for each doubling
VERIFIED = 0.06  # all of its code works
FAILED = -0.08  # some does not
MEANING = 2.0  # a title that means what was typed; as far as no post has the words, see below
FOUND = 0.9
"""With so much of the query in one post, what titles mean would add less than a vote."""
CHINESE = 0.15  # a Chinese title, for what was typed in Chinese


def score_all(
    candidates: Sequence[Candidate],
    coverage: Mapping[int, Coverage],
    *,
    rarities: Sequence[float],
    lang: str,
    title_key: int = 0,
    near: Mapping[int, float] = MappingProxyType({}),
) -> dict[int, float]:
    """Return each post's score.

    `rarities` weigh the concepts; `lang` is the query's; `near` is what its title's meaning is
    worth to an article.
    """
    best = max((one.score for one in candidates), default=0.0) or 1.0
    weigh = functools.cache(lambda bits: _weigh(bits, rarities) / (sum(rarities) or 1.0))
    scores: dict[int, float] = {}
    for one in candidates:
        has = coverage.get(one.post, NOTHING)
        score = ENGINE * one.score / best + COVERAGE * weigh(has.text)
        if has.title:
            score += _of_title(one, has.title, lang=lang) * weigh(has.title)
        if title_key and title_key in (one.key_zh, one.key_en):
            score += EXACT_TITLE
        if has.identifier:
            score += IDENTIFIER
        if one.article in near:
            score += near[one.article]
        if one.votes > 0:
            score += VOTES * math.log2(1 + one.votes)
        if lang == "zh" and one.title_zh:
            score += CHINESE
        if one.health:
            score += VERIFIED if one.health > 0 else FAILED
        scores[one.post] = score
    return scores


def as_far_as_open(near: Mapping[int, float], covered: float) -> dict[int, float]:
    """Return what being near is worth where the best post has so much of the query.

    Where words find everything, nothing: with the square, no judged query loses by it, and those
    in other words than the articles' gain .10 (bench/relevance.py).
    """
    return {article: MEANING * alike * (1 - covered) ** 2 for article, alike in near.items()}


def _of_title(one: Candidate, has: int, *, lang: str) -> float:
    length = (one.title_zh or one.title_en) if lang == "zh" else (one.title_en or one.title_zh)
    fit = min(has.bit_count() / length, 1.0) if length else 0.0
    return TITLE_COVERAGE + TITLE_FIT * fit


def rarity(frequency: int, size: int) -> float:
    """Return how much a word tells: BM25's inverse document frequency."""
    return math.log(1 + (size - frequency + 0.5) / (frequency + 0.5))


def covered(has: Coverage, rarities: Sequence[float]) -> float:
    """Return the part of the query that a post has, from 0 to 1."""
    return _weigh(has.text, rarities) / (sum(rarities) or 1.0)


def _weigh(bits: int, rarities: Sequence[float]) -> float:
    return sum(weight for place, weight in enumerate(rarities) if bits >> place & 1)
