"""What may be done to webhooks; each deed is noted."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone

from kb.models import Deed, Webhook, WebhookDelivery
from kb.people.auditing import note_deed
from kb.webhooks import messages
from kb.webhooks.delivering import deliver_by_hand
from kb.webhooks.sending import check_url
from kb.webhooks.signing import make_secret

Status = WebhookDelivery.Status


@transaction.atomic
def make_webhook(
    *, user: Any, url: str, description: str, events: Collection[str], site_url: str
) -> Webhook:
    """Return a new webhook with a secret of its own; raises AddressRefused."""
    check_url(url)
    webhook = Webhook.objects.create(
        url=url,
        description=description,
        events=sorted(events),
        secret=make_secret(),
        site_url=site_url,
        created_by=user,
    )
    note_deed(user=user, verb=Deed.CHANGED_WEBHOOK, target=webhook, why="made")
    return webhook


@transaction.atomic
def change_webhook(
    *, user: Any, webhook: Webhook, url: str, description: str, events: Collection[str]
) -> None:
    check_url(url)
    webhook.url, webhook.description, webhook.events = url, description, sorted(events)
    webhook.save(update_fields=["url", "description", "events"])
    note_deed(user=user, verb=Deed.CHANGED_WEBHOOK, target=webhook, why="changed")


@transaction.atomic
def set_active(*, user: Any, webhook: Webhook, is_active: bool) -> None:
    """Stop or go on telling; what went wrong before is forgotten, and what waits is sent."""
    Webhook.objects.filter(pk=webhook.pk).update(
        is_active=is_active, disabled_reason="", failures=0, paused_until=None
    )
    if is_active:
        waiting = webhook.deliveries.filter(status=Status.PENDING)
        waiting.update(next_attempt_at=timezone.now())
    word = "resumed" if is_active else "paused"
    note_deed(user=user, verb=Deed.CHANGED_WEBHOOK, target=webhook, why=word)


@transaction.atomic
def renew_secret(*, user: Any, webhook: Webhook) -> str:
    """Return a new secret; what was signed by the old one no longer holds."""
    webhook.secret = make_secret()
    webhook.save(update_fields=["secret"])
    note_deed(user=user, verb=Deed.CHANGED_WEBHOOK, target=webhook, why="new secret")
    return webhook.secret


@transaction.atomic
def remove_webhook(*, user: Any, webhook: Webhook) -> None:
    note_deed(user=user, verb=Deed.CHANGED_WEBHOOK, target=webhook, why="removed")
    webhook.delete()


def send_test(*, webhook: Webhook) -> WebhookDelivery:
    """Send a message at once and return what became of it."""
    with transaction.atomic():
        delivery = messages.note_test(webhook=webhook)
    return _send_now(delivery)


def send_again(*, delivery: WebhookDelivery) -> WebhookDelivery:
    """Send a message once more, under its old id, and return what became of it."""
    return _send_now(delivery)


def _send_now(delivery: WebhookDelivery) -> WebhookDelivery:
    # No transaction: while somebody's server answers, nobody waits for the database.
    WebhookDelivery.objects.filter(pk=delivery.pk).update(attempts=delivery.attempts + 1)
    delivery.attempts += 1
    deliver_by_hand(delivery=delivery)
    delivery.refresh_from_db()
    return delivery
