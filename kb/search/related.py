"""Articles that are about the same as an article."""

import dataclasses
from collections.abc import Sequence

import orjson

from kb.languages import BY_PATH as LANGUAGE_OF
from kb.languages import html_lang
from kb.models import Article, Tag
from kb.search import indexes, ranking
from kb.search.engines.base import EngineError, Plan, Reader
from kb.search.plans import concepts_of
from kb.search.reranking import rarities_of

RELATED = 5
CANDIDATES = 60
LEAST_IN_COMMON = 0.12
"""Part of the title's and the tags' words, weighed by how rare they are."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Related:
    article: int
    slug: str
    title: str
    lang: str  # for the HTML attribute


def find_related(
    *, article: int, titles: Sequence[str], tags: Sequence[Tag], lang: str
) -> list[Related]:
    """Return the nearest articles, with one query; none where there is no index."""
    names = [name for tag in tags for name in (tag.name_zh, tag.name_en)]
    try:
        reader = indexes.current_reader()
        return _find(reader, article, "\n".join([*titles, *names]), lang)
    except EngineError:
        return []


def _find(reader: Reader, article: int, text: str, lang: str) -> list[Related]:
    concepts = concepts_of(text)
    plan = Plan(concepts=concepts, filters=(("opening",),))
    found = reader.search(plan, limit=CANDIDATES, is_exact=False)
    candidates = [one for one in found.candidates if one.article != article]
    has = reader.coverage([one.post for one in candidates], concepts)
    rarities = rarities_of(reader, concepts)
    scores = ranking.score_all(candidates, has, rarities=rarities, lang=lang)
    near = [
        one for one in candidates if ranking.covered(has[one.post], rarities) >= LEAST_IN_COMMON
    ]
    near.sort(key=lambda one: (-scores[one.post], one.article))
    near = near[:RELATED]
    slugs = dict(
        Article.objects.filter(pk__in=[one.article for one in near]).values_list("pk", "slug")
    )
    shown = reader.shown([one.post for one in near])
    told = []
    for one in near:
        titles = orjson.loads(shown[one.post])["titles"]
        if one.article in slugs and titles:
            chosen = lang if lang in titles else next(iter(titles))
            told.append(
                Related(
                    article=one.article,
                    slug=slugs[one.article],
                    title=titles[chosen],
                    lang=html_lang(LANGUAGE_OF[chosen]),
                )
            )
    return told
