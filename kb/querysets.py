"""Reads, named as adjectives and chainable."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, Q

if TYPE_CHECKING:
    from kb.models import Tag


class TagQuerySet(models.QuerySet):
    def counted(self) -> Self:
        """Add `article_count`."""
        return self.annotate(article_count=Count("articles"))

    def popular(self) -> Self:
        """Return the tags that have articles, those with the most first."""
        return self.counted().filter(article_count__gt=0).order_by("-article_count", "slug")

    def shared_by(self, articles: models.QuerySet) -> Self:
        """Return the tags of `articles`, the commonest first, with `shared_count`."""
        ids = articles.order_by().values("pk")
        return (
            self.filter(articles__in=ids)
            .annotate(shared_count=Count("articles", distinct=True))
            .order_by("-shared_count", "slug")
        )


class ArticleQuerySet(models.QuerySet):
    def tagged(self, tags: Iterable[Tag]) -> Self:
        """Return the articles that have every one of `tags`."""
        found = self
        for tag in tags:
            found = found.filter(tags=tag)
        return found

    def lately_verified(self) -> Self:
        return self.filter(health="works").order_by("-verified_at", "-pk")

    def lately_broken(self) -> Self:
        return self.filter(broke_at__isnull=False).order_by("-broke_at", "-pk")

    def tally(self) -> dict[str, int]:
        """Return how many articles there are, work, and are broken, with one query."""
        return self.aggregate(
            article_count=Count("pk"),
            working_count=Count("pk", filter=Q(health="works")),
            broken_count=Count("pk", filter=Q(health="broken")),
        )

    def matching(self, text: str) -> Self:
        """Return the articles with every word of `text` in a title or a tag's name."""
        found = self
        for word in text.split():
            found = found.filter(
                Q(posts__position=0, posts__translations__title__icontains=word)
                | Q(tags__slug__icontains=word)
                | Q(tags__name_zh__icontains=word)
                | Q(tags__name_en__icontains=word)
                | Q(tags__synonyms__name__icontains=word)
            )
        return found.distinct()
