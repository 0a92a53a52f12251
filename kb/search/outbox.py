"""Telling indexes what changed, in the transaction of the change.

`kb.curation.standing` notes every article whose page changes. The receivers are for what happens
elsewhere, above all in the admin, where nobody thinks of search.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete
from django.dispatch import receiver

from kb.models import Article, IndexChange, Post, SearchIndex, Tag


def note_articles(ids: Iterable[int]) -> None:
    """Have every index read these articles again."""
    wanted = sorted(set(ids))
    if not wanted:
        return
    indexes = list(SearchIndex.objects.values_list("pk", flat=True))
    IndexChange.objects.bulk_create(
        IndexChange(index_id=index, article_id=article) for index in indexes for article in wanted
    )


@receiver([post_save, post_delete], sender=Article, dispatch_uid="kb.search.article")
def _article_changed(sender: Any, instance: Article, **_: Any) -> None:
    note_articles([instance.pk])


@receiver([post_save, post_delete], sender=Post, dispatch_uid="kb.search.post")
def _post_changed(sender: Any, instance: Post, **_: Any) -> None:
    note_articles([instance.article_id])


@receiver(m2m_changed, sender=Article.tags.through, dispatch_uid="kb.search.tags")
def _tags_changed(
    sender: Any, instance: Article | Tag, action: str, pk_set: set[int] | None, **_: Any
) -> None:
    if action not in {"post_add", "post_remove", "pre_clear"}:
        return
    if isinstance(instance, Article):
        note_articles([instance.pk])
    else:
        note_articles(pk_set if pk_set is not None else _with_tag(instance))


@receiver([post_save, pre_delete], sender=Tag, dispatch_uid="kb.search.tag")
def _tag_changed(sender: Any, instance: Tag, **_: Any) -> None:
    note_articles(_with_tag(instance))


def _with_tag(tag: Tag) -> Iterable[int]:
    return tag.articles.values_list("pk", flat=True)
