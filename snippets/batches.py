"""Batches of checks, and the guard that stops one in which too much turns red at once."""

import datetime
import logging

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from snippets import signals
from snippets.models import Batch, Verification
from snippets.querysets import GREEN, RED, VerificationQuerySet

logger = logging.getLogger(__name__)

GREENS_AT_LEAST = 5
"""A share of fewer says nothing."""
GIVEN_UP_AFTER = datetime.timedelta(minutes=30)
State = Batch.State


class NotStopped(Exception):
    """Only a batch that stopped can be answered."""


def must_wait() -> bool:
    """Say whether a batch is under way or asks a curator; one that lost its workers is let go."""
    if Batch.objects.filter(state=State.STOPPED).exists():
        return True
    recent = timezone.now() - GIVEN_UP_AFTER
    running = Batch.objects.filter(state=State.RUNNING, created_at__gt=recent)
    return running.filter(done__lt=F("total")).exists()


@transaction.atomic
def count_check(*, batch_id: int, before: Verification | None, after: Verification | None) -> None:
    """Count one check of a batch, and stop the batch where too many greens turned red."""
    was_green = before is not None and before.judged in GREEN and after is not None
    is_red = was_green and after is not None and after.outcome in RED
    Batch.objects.filter(pk=batch_id).update(
        done=F("done") + 1,
        were_green=F("were_green") + int(was_green),
        turned_red=F("turned_red") + int(is_red),
    )
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    if batch.state == State.RUNNING and _is_suspicious(batch):
        _stop(batch)


def _is_suspicious(batch: Batch) -> bool:
    share = batch.turned_red / batch.were_green if batch.were_green else 0.0
    return batch.were_green >= GREENS_AT_LEAST and share > settings.BATCH_RED_SHARE


def _stop(batch: Batch) -> None:
    """Stop the batch and put its reds aside: what was green before shows again, as stale."""
    batch.state = State.STOPPED
    batch.save(update_fields=["state"])
    for red in _reds(batch).filter(is_current=True):
        earlier = _earlier(red)
        if earlier is None or earlier.judged not in GREEN:
            continue
        _change(red, is_current=False)
        _change(earlier, is_current=True, outcome=Verification.Outcome.STALE, last=earlier.judged)
    logger.error(
        "batch %s stopped: %s of %s working snippets fail at once; see: manage.py batches",
        batch.pk,
        batch.turned_red,
        batch.were_green,
    )


@transaction.atomic
def accept_batch(*, batch_id: int) -> int:
    """Let a stopped batch's reds count after all; return how many."""
    batch = _stopped(batch_id)
    count = 0
    for red in _reds(batch).filter(is_current=False):
        current = Verification.objects.current().filter(snippet=red.snippet_id, runtime=red.runtime)
        one = current.first()
        if one is None or one.pk > red.pk:
            continue
        _change(one, is_current=False, outcome=one.judged)
        _change(red, is_current=True)
        count += 1
    _answer(batch, State.ACCEPTED)
    return count


@transaction.atomic
def discard_batch(*, batch_id: int) -> int:
    """Forget a stopped batch's reds: they are checked again; return how many."""
    batch = _stopped(batch_id)
    count, _ = _reds(batch).filter(is_current=False).delete()
    _answer(batch, State.DISCARDED)
    return count


def _stopped(batch_id: int) -> Batch:
    batch = Batch.objects.select_for_update().filter(pk=batch_id).first()
    if batch is None or batch.state != State.STOPPED:
        raise NotStopped(f"batch {batch_id} has not stopped; see: manage.py batches")
    return batch


def _answer(batch: Batch, state: str) -> None:
    batch.state = state
    batch.save(update_fields=["state"])


def _reds(batch: Batch) -> VerificationQuerySet:
    return Verification.objects.filter(batch=batch, outcome__in=RED)


def _earlier(one: Verification) -> Verification | None:
    history = Verification.objects.history(one.snippet_id, one.runtime)
    return history.filter(pk__lt=one.pk).first()


def _change(
    one: Verification, *, is_current: bool, outcome: str | None = None, last: str = ""
) -> None:
    one.is_current = is_current
    if outcome is not None:
        one.outcome, one.last_outcome = outcome, last
    one.save(update_fields=["is_current", "outcome", "last_outcome"])
    signals.verified.send(sender=Verification, snippet_id=one.snippet_id)
