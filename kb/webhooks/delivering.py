"""Sending what is due, again and again where it fails, and giving up on who never answers."""

import datetime
import logging
import time
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from kb.models import Webhook, WebhookDelivery
from kb.webhooks.sending import AddressRefused, Answer, NotReached, send
from kb.webhooks.signing import sign
from snippets.batches import GIVEN_UP_AFTER
from snippets.models import Batch

logger = logging.getLogger(__name__)

DELIVER = "kb.deliver_webhooks"
Status = WebhookDelivery.Status
RETRY_AFTER = tuple(
    datetime.timedelta(seconds=seconds)
    for seconds in (10, 60, 300, 1800, 2 * 3600, 6 * 3600, 12 * 3600)
)
ATTEMPTS = len(RETRY_AFTER) + 1
"""Over some twenty hours; who misses that misses the message."""
HELD_FOR = datetime.timedelta(minutes=2)
"""A message that is being sent is nobody else's for so long."""
KEPT = datetime.timedelta(days=30)
KINDLY = 200
GONE = 410


def deliver_due(*, seconds: float) -> int:
    """Send what is due until `seconds` have passed; return how many messages were sent."""
    until = time.monotonic() + seconds
    count = 0
    drop_orphans()
    while time.monotonic() < until:
        delivery = _due().first()
        if delivery is None:
            break
        if _claim(delivery):
            deliver(delivery=delivery)
            count += 1
    return count


def deliver(*, delivery: WebhookDelivery) -> None:
    """Send one message that is ours to send, and keep what became of it."""
    answer, error = _attempt(delivery)
    if answer is not None and not error:
        _note_success(delivery, answer)
    else:
        _note_failure(delivery, error=error, answer=answer)


def deliver_by_hand(*, delivery: WebhookDelivery) -> bool:
    """Send one message because somebody asked; return whether it arrived.

    A failure is kept with it and changes nothing of when it is tried again.
    """
    answer, error = _attempt(delivery)
    if answer is not None and not error:
        _note_success(delivery, answer)
        return True
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        response_status=answer.status if answer else None,
        milliseconds=answer.milliseconds if answer else None,
        error=error[:300],
    )
    return False


def _attempt(delivery: WebhookDelivery) -> tuple[Answer | None, str]:
    """Return what was answered and what is wrong with that, if anything is."""
    webhook = delivery.webhook
    body = delivery.body.encode("utf-8", "replace")
    timestamp = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Zhiyan-Webhooks/1",
        "Webhook-Id": delivery.message_id,
        "Webhook-Timestamp": str(timestamp),
        "Webhook-Signature": sign(
            secret=webhook.secret,
            message_id=delivery.message_id,
            timestamp=timestamp,
            body=body,
        ),
    }
    try:
        answer = send(url=webhook.url, body=body, headers=headers)
    except (AddressRefused, NotReached) as error:
        return None, str(error)
    is_taken = KINDLY <= answer.status < KINDLY + 100
    return answer, "" if is_taken else f"answered {answer.status}"


def drop_orphans() -> int:
    """Drop what no longer is: verifications that were discarded before they were told."""
    orphans = WebhookDelivery.objects.filter(
        status=Status.PENDING, event__in=Webhook.Event.values, verification=None
    )
    return orphans.update(status=Status.DROPPED)


def delete_old() -> int:
    """Delete messages that were settled long ago; return how many."""
    old = WebhookDelivery.objects.filter(created_at__lt=timezone.now() - KEPT)
    return old.exclude(status=Status.PENDING).delete()[0]


def _due() -> Any:
    """Return what is to be sent now, the oldest first.

    What a batch of checks found waits until the batch is done: where too much breaks at once the
    fault is likely ours, and the batch is stopped and put aside.
    """
    now = timezone.now()
    stopped = Q(verification__batch__state=Batch.State.STOPPED)
    under_way = Q(
        verification__batch__state=Batch.State.RUNNING,
        verification__batch__done__lt=F("verification__batch__total"),
        verification__batch__created_at__gt=now - GIVEN_UP_AFTER,
    )
    return (
        WebhookDelivery.objects.filter(
            Q(webhook__paused_until=None) | Q(webhook__paused_until__lte=now),
            status=Status.PENDING,
            next_attempt_at__lte=now,
            webhook__is_active=True,
        )
        .exclude(stopped)
        .exclude(under_way)
        .select_related("webhook")
        .order_by("next_attempt_at", "pk")
    )


def _claim(delivery: WebhookDelivery) -> bool:
    """Take a message for ourselves; whoever dies with it gives it back by and by."""
    free = WebhookDelivery.objects.filter(
        pk=delivery.pk, status=Status.PENDING, next_attempt_at=delivery.next_attempt_at
    )
    delivery.attempts += 1
    return bool(
        free.update(
            next_attempt_at=timezone.now() + HELD_FOR,
            attempts=F("attempts") + 1,
        )
    )


@transaction.atomic
def _note_success(delivery: WebhookDelivery, answer: Answer) -> None:
    now = timezone.now()
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        status=Status.DELIVERED,
        delivered_at=now,
        response_status=answer.status,
        milliseconds=answer.milliseconds,
        error="",
    )
    Webhook.objects.filter(pk=delivery.webhook_id).update(
        failures=0, paused_until=None, delivered_at=now
    )


@transaction.atomic
def _note_failure(delivery: WebhookDelivery, *, error: str, answer: Answer | None) -> None:
    """Wait longer each time; the whole webhook waits, so that one dead address costs little."""
    now = timezone.now()
    is_last = delivery.attempts >= ATTEMPTS
    pause = RETRY_AFTER[min(delivery.attempts, len(RETRY_AFTER)) - 1]
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        status=Status.FAILED if is_last else Status.PENDING,
        next_attempt_at=now + pause,
        response_status=answer.status if answer else None,
        milliseconds=answer.milliseconds if answer else None,
        error=error[:300],
    )
    webhooks = Webhook.objects.filter(pk=delivery.webhook_id)
    webhooks.update(failures=F("failures") + 1, paused_until=now + pause)
    is_gone = answer is not None and answer.status == GONE
    if is_gone or (is_last and _never_answered_since(delivery)):
        reason = "answered 410 Gone" if is_gone else f"{ATTEMPTS} attempts failed: {error}"
        webhooks.update(is_active=False, disabled_reason=reason[:300])
        logger.warning("webhook %s disabled: %s", delivery.webhook_id, reason)


def _never_answered_since(delivery: WebhookDelivery) -> bool:
    return not WebhookDelivery.objects.filter(
        webhook=delivery.webhook_id,
        status=Status.DELIVERED,
        delivered_at__gt=delivery.created_at,
    ).exists()
