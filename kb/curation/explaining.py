"""Failures that need no work: a curator said why they are right, or wrote a correction."""

from django.db.models import Exists, OuterRef, QuerySet

from kb.models import AcceptedReason
from snippets.models import Verification
from snippets.querysets import GREEN, RED

Cells = QuerySet[Verification]


def unexplained(cells: Cells) -> Cells:
    """Leave out what a curator has dealt with.

    That is what fails for a good reason, as long as it is the same one, and what has a
    correction that works somewhere: the author's code stays as it is.
    """
    accepted = AcceptedReason.objects.filter(
        digest=OuterRef("snippet__digest"),
        runtime=OuterRef("runtime"),
        outcome=OuterRef("outcome"),
        reason_code=OuterRef("reason_code"),
    )
    corrected = Verification.objects.current().filter(
        outcome__in=GREEN,
        snippet__suggested_for=OuterRef("snippet"),
        snippet__suggested_for__is_suggestion_accepted=True,
    )
    return cells.exclude(Exists(accepted)).exclude(Exists(corrected))


def to_be_mended(snippet_ids: set[int]) -> set[int]:
    """Return those that work nowhere, for a reason that nobody has dealt with."""
    current = Verification.objects.current()
    works = current.filter(snippet=OuterRef("snippet"), outcome__in=GREEN)
    red = current.filter(snippet__in=snippet_ids, outcome__in=RED).exclude(Exists(works))
    return set(unexplained(red).values_list("snippet", flat=True))
