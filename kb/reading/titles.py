"""Articles by name, as queues show them."""

import dataclasses
from collections import defaultdict
from collections.abc import Collection

from django.urls import reverse

from kb.models import Article, Translation
from kb.reading.listing import Title, choose_title


@dataclasses.dataclass(frozen=True, kw_only=True)
class Named:
    title: Title
    address: str
    readers: int


def name_articles(article_ids: Collection[int], lang: str) -> dict[int, Named]:
    """Return the articles' titles in the curator's language where there is one: two queries."""
    titles: dict[int, dict[str, str]] = defaultdict(dict)
    for id_, language, title in Translation.objects.filter(
        post__article__in=article_ids, post__position=0, title__gt=""
    ).values_list("post__article_id", "language", "title"):
        titles[id_][language] = title
    rows = Article.objects.filter(pk__in=article_ids).values_list("pk", "slug", "view_count")
    return {
        id_: Named(
            title=choose_title(titles[id_], lang),
            address=reverse("article", args=[lang, id_, slug]),
            readers=readers,
        )
        for id_, slug, readers in rows
    }
