"""Deleted articles, as the desk lists them and their old address tells staff of them."""

import dataclasses
import datetime
from collections.abc import Sequence

from django.db.models import QuerySet

from kb.curation.deleting import UNDOABLE
from kb.models import DeletedArticle

SHOWN = 200


@dataclasses.dataclass(frozen=True, kw_only=True)
class Deleted:
    id: int
    title: str
    who: str
    why: str
    at: datetime.datetime
    until: datetime.datetime  # then it is forgotten


def list_deleted(lang: str) -> Sequence[Deleted]:
    """Return what can be brought back, the latest first: one query."""
    return [_view(one, lang) for one in _undoable()[:SHOWN]]


def find_deleted(article_id: int, lang: str) -> Deleted | None:
    """Return the article of that id if it can be brought back."""
    found = _undoable().filter(article=article_id).first()
    return _view(found, lang) if found else None


def _undoable() -> QuerySet[DeletedArticle]:
    # The rows may be long, and no list shows them.
    found = DeletedArticle.objects.filter(rows__isnull=False).defer("rows")
    return found.select_related("deleted_by").order_by("-deleted_at", "-pk")


def _view(one: DeletedArticle, lang: str) -> Deleted:
    titles = [one.title_zh, one.title_en]
    ours = titles if lang == "zh" else reversed(titles)
    return Deleted(
        id=one.pk,
        title=next(filter(None, ours), f"#{one.article}"),
        who=one.deleted_by.get_username() if one.deleted_by else "",
        why=one.why,
        at=one.deleted_at,
        until=one.deleted_at + UNDOABLE,
    )
