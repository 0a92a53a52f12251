"""Deciding on how readers, or the source of an import, say that a text should read."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from kb.curation.standing import refresh_standing
from kb.editing.merging import merge
from kb.editing.saving import TextEdit, label_of, save_texts
from kb.models import Deed, Language, Report, Revision, Translation
from kb.people.auditing import note_deed
from kb.reading.changes import Line, compare
from kb.storing.keeping import IMPORT_KEY


class AlreadyDecided(Exception):
    """Somebody else decided on it first."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A suggested edit held against the text as it is now."""

    text: Translation
    base: Revision | None  # the revision it was made from
    is_old: bool  # the text went on since
    is_clean: bool  # and both changes fit together
    proposed: str  # what accepting it would make of the text
    title: str
    theirs: Sequence[Line]  # what they changed
    since: Sequence[Line]  # what was changed since


def view_suggestion(report: Report) -> Suggestion | None:
    """Return what the suggestion would change; None where the text is gone."""
    text = Translation.objects.filter(post=report.post_id, language=report.language).first()
    if text is None:
        return None
    base = Revision.objects.filter(translation=text, number=report.base_revision or 0).first()
    before = base.markdown if base else text.markdown
    mine = report.markdown.replace("\r\n", "\n")
    merged = merge(base=before, mine=mine, theirs=text.markdown)
    return Suggestion(
        text=text,
        base=base,
        is_old=base is not None and base.markdown != text.markdown,
        is_clean=merged is not None,
        proposed=mine if merged is None else merged,
        title=report.title or text.title,
        theirs=list(compare(before, mine)),
        since=list(compare(before, text.markdown)),
    )


@transaction.atomic
def accept_suggestion(
    *,
    report: Report,
    markdown: str,
    title: str,
    base: int,
    decision: str,
    user: Any,
    carries_code: bool = False,
) -> None:
    """Make the suggestion, as the curator left it, the text's next revision.

    Raises AlreadyDecided, EditConflict where the text went on from `base`, AuthoringError.
    """
    locked = _open(report)
    language = Language(locked.language)
    save_texts(
        post=locked.post,
        edits={language: TextEdit(markdown=markdown, title=title, base=base)},
        user=user,
        comment=credit(locked),
        carry_from=language if carries_code else None,
    )
    _close(locked, Report.Status.ACCEPTED, decision, user)


@transaction.atomic
def decline_suggestion(*, report: Report, decision: str, user: Any) -> None:
    """Close the suggestion with the reason; raises AlreadyDecided."""
    _close(_open(report), Report.Status.DECLINED, decision, user)


def credit(report: Report) -> str:
    """Return the comment of a revision that a suggestion became."""
    if report.reporter_key == IMPORT_KEY:
        return "import"
    # It stands beside the text for good, so it is in the text's language.
    with override(report.language):
        name = report.user.get_username() if report.user else _("a reader")
        said = _("suggested by %(name)s") % {"name": name}
        if not report.comment:
            return said
        return _("%(name)s: %(what)s") % {"name": said, "what": report.comment}


def _open(report: Report) -> Report:
    found = Report.objects.select_for_update().filter(
        pk=report.pk, kind=Report.Kind.EDIT, status=Report.Status.OPEN
    )
    locked = found.first()
    if locked is None:
        raise AlreadyDecided(f"report {report.pk} is decided")
    return locked


def _close(report: Report, status: Report.Status, decision: str, user: Any) -> None:
    report.status = status
    report.decision = decision.strip()
    report.decided_by = user
    report.decided_at = timezone.now()
    report.save(update_fields=["status", "decision", "decided_by", "decided_at"])
    is_accepted = status == Report.Status.ACCEPTED
    verb = Deed.ACCEPTED_REPORT if is_accepted else Deed.DECLINED_REPORT
    text = Translation.objects.filter(post=report.post_id, language=report.language).first()
    label = label_of(text) if text else ""
    note_deed(user=user, verb=verb, target=report, why=decision, label=label)
    refresh_standing(article_ids=[report.post.article_id])
