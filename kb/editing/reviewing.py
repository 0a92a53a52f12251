"""Reviewing what translators wrote: by somebody else than its writer."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from kb.curation.standing import refresh_standing
from kb.models import Deed, Revision, SentBack, Translation
from kb.people.auditing import note_deed
from kb.people.roles import Permission, may
from snippets.services import NotAllowed


def keep_review(*, text: Translation, user: Any) -> None:
    """Note at a text that `user` has just written whether it is to be reviewed.

    What somebody who may write articles saves needs no review. Who may review and writes over
    another's translation has reviewed it with that.
    """
    SentBack.objects.filter(translation=text).delete()
    before = text.revision_number - 1
    own = None if may(user, Permission.WRITE_ARTICLES) else text.revision_number
    if text.review_since is None:
        Translation.objects.filter(pk=text.pk).update(review_since=own)
    elif may_review(text=text, user=user, until=before):
        _mark_reviewed(text, user, until=before, left=own)


def may_review(*, text: Translation, user: Any, until: int | None = None) -> bool:
    """Say whether there is something to review, and `user` is one to do it and wrote none of it."""
    if text.review_since is None or not may(user, Permission.REVIEW_TRANSLATIONS):
        return False
    unseen = _unseen(text, until)
    return unseen.exists() and not unseen.filter(created_by=user.pk).exists()


@transaction.atomic
def accept_text(*, text: Translation, user: Any, until: int, label: str = "") -> None:
    """Accept the text as reviewed up to the revision that the reviewer saw.

    Raises NotAllowed where it is not `user`'s to review.
    """
    locked = Translation.objects.select_for_update().get(pk=text.pk)
    if not may_review(text=locked, user=user, until=until):
        raise NotAllowed("a text is reviewed by a reviewer who did not write it")
    left = until + 1 if until < locked.revision_number else None
    _mark_reviewed(locked, user, until=until, left=left)
    note_deed(user=user, verb=Deed.REVIEWED_TEXT, target=locked, label=label)
    refresh_standing(article_ids=[locked.post.article_id])


@transaction.atomic
def send_back_text(*, text: Translation, user: Any, until: int, note: str, label: str = "") -> None:
    """Leave the text to its translators with what is to be mended; it stays to be reviewed.

    Raises NotAllowed where it is not `user`'s to review, or went on from the revision they saw.
    """
    locked = Translation.objects.select_for_update().get(pk=text.pk)
    if until != locked.revision_number or not may_review(text=locked, user=user):
        raise NotAllowed("a text is sent back by a reviewer who did not write it, as it stands")
    values = {"note": note, "user": user, "at": timezone.now()}
    SentBack.objects.update_or_create(translation=locked, defaults=values)
    note_deed(user=user, verb=Deed.SENT_BACK_TEXT, target=locked, why=note, label=label)


def writers_of(text: Translation) -> list[str]:
    """Return who wrote what is to be reviewed."""
    names = _unseen(text, None).values_list("created_by__username", flat=True)
    return sorted({name for name in names if name})


def _unseen(text: Translation, until: int | None) -> Any:
    found = Revision.objects.filter(translation=text, reviewed_at=None)
    found = found.filter(number__gte=text.review_since or 0)
    return found if until is None else found.filter(number__lte=until)


def _mark_reviewed(text: Translation, user: Any, *, until: int, left: int | None) -> None:
    SentBack.objects.filter(translation=text).delete()
    _unseen(text, until).update(reviewed_by=user, reviewed_at=timezone.now())
    Translation.objects.filter(pk=text.pk).update(review_since=left)
