"""What somebody typed and did not save: kept for each user and place, until it is saved."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from kb.models import EditorDraft

KEPT = datetime.timedelta(days=60)
NOT_KEPT = {"csrfmiddlewaretoken", "action"}


@transaction.atomic
def keep_draft(*, user: Any, place: str, fields: Mapping[str, str]) -> EditorDraft:
    """Keep a form's fields as they are; drafts that nobody came back to for long are dropped."""
    EditorDraft.objects.filter(user=user, saved_at__lt=timezone.now() - KEPT).delete()
    kept = {name: value for name, value in fields.items() if name not in NOT_KEPT}
    draft, _ = EditorDraft.objects.update_or_create(
        user=user, place=place, defaults={"fields": kept}
    )
    return draft


def find_draft(*, user: Any, place: str) -> EditorDraft | None:
    return EditorDraft.objects.filter(user=user, place=place).first()


def drop_draft(*, user: Any, place: str) -> None:
    EditorDraft.objects.filter(user=user, place=place).delete()


def place_of_post(post_id: int) -> str:
    return f"post:{post_id}"


def place_of_answer(article_id: int) -> str:
    return f"answer:{article_id}"


PLACE_OF_ARTICLE = "article:new"
