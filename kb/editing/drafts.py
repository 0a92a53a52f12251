"""What somebody typed and did not save: kept for each user and place, until it is saved."""

import dataclasses
import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from kb.models import EditorDraft, Post
from kb.reading.listing import Title
from kb.reading.titles import name_articles

KEPT = datetime.timedelta(days=60)
PLACE_OF_ARTICLE = "article:new"
NOT_KEPT = {"csrfmiddlewaretoken", "action"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class KeptDraft:
    draft: EditorDraft
    title: Title | None  # of the article it belongs to; None: it would be a new one
    address: str  # where it goes on


@transaction.atomic
def keep_draft(*, user: Any, place: str, fields: Mapping[str, str]) -> EditorDraft:
    """Keep a form's fields as they are; drafts that nobody came back to for long are dropped."""
    EditorDraft.objects.filter(user=user, saved_at__lt=timezone.now() - KEPT).delete()
    # PostgreSQL keeps no NUL, and no text has a use for one.
    kept = {key: value.replace("\0", "") for key, value in fields.items() if key not in NOT_KEPT}
    draft, _ = EditorDraft.objects.update_or_create(
        user=user, place=place, defaults={"fields": kept}
    )
    return draft


def find_draft(*, user: Any, place: str) -> EditorDraft | None:
    return EditorDraft.objects.filter(user=user, place=place).first()


def list_drafts(*, user: Any, lang: str) -> list[KeptDraft]:
    """Return what the user has not saved, the latest first, with three queries at most."""
    drafts = list(EditorDraft.objects.filter(user=user))
    ids = {draft.place: _numbers(draft.place) for draft in drafts}
    posts = dict(
        Post.objects.filter(pk__in=[post for post, _ in ids.values() if post]).values_list(
            "pk", "article_id"
        )
    )
    articles = {place: posts.get(post or 0, article) for place, (post, article) in ids.items()}
    names = name_articles([pk for pk in articles.values() if pk], lang)
    return [
        KeptDraft(
            draft=draft,
            title=names[article].title if (article := articles[draft.place]) in names else None,
            address=_address(draft.place, lang),
        )
        for draft in drafts
        if draft.place == PLACE_OF_ARTICLE or articles[draft.place] in names
    ]


def _numbers(place: str) -> tuple[int | None, int | None]:
    """Return the post or the article that a place names."""
    kind, _, number = place.partition(":")
    if not number.isdecimal():
        return None, None
    return (int(number), None) if kind == "post" else (None, int(number))


def _address(place: str, lang: str) -> str:
    post, article = _numbers(place)
    if post:
        return reverse("desk-edit", args=[lang, post])
    if article:
        return reverse("desk-new-answer", args=[lang, article])
    return reverse("desk-new-article", args=[lang])


def drop_draft(*, user: Any, place: str) -> None:
    EditorDraft.objects.filter(user=user, place=place).delete()


def place_of_post(post_id: int) -> str:
    return f"post:{post_id}"


def place_of_answer(article_id: int) -> str:
    return f"answer:{article_id}"
