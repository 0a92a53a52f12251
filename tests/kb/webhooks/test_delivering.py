"""What broke is told to who wants to know: signed, again where it fails, and given up in the end."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from kb.models import Article, Webhook, WebhookDelivery
from kb.webhooks import services
from kb.webhooks.delivering import ATTEMPTS, deliver_due
from snippets.models import Batch, Verification
from tests.kb.webhooks.conftest import Receiver

pytestmark = pytest.mark.django_db
Breaks = Callable[..., Verification]


def signature(secret: str, headers: dict[str, str], body: bytes) -> str:
    """Sign anew, as the specification says it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def test_message_says_what_broke_and_is_signed(
    receiver: Receiver, webhook: Webhook, breaks: Breaks, freezing: Article
):
    verification = breaks()

    assert deliver_due(seconds=5) == 1

    ((headers, body),) = receiver.received
    message = json.loads(body)
    assert headers["webhook-signature"] == signature(webhook.secret, headers, body)
    assert headers["content-type"] == "application/json"
    assert message["type"] == "snippet.broke"
    assert message["data"]["verification"] == verification.pk
    assert message["data"]["url"].startswith("https://zhiyan.example/en/snippets/")
    (article,) = message["data"]["articles"]
    assert article["titles"]["zh"] == "如何冻结层？"
    assert article["urls"]["en"] == f"https://zhiyan.example/en/q/{freezing.pk}/freeze"
    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.response_status, delivery.attempts) == ("delivered", 204, 1)


def test_message_is_sent_once(receiver: Receiver, webhook: Webhook, breaks: Breaks):
    breaks("fixed")

    deliver_due(seconds=5)

    assert deliver_due(seconds=5) == 0
    assert [json.loads(body)["type"] for _, body in receiver.received] == ["snippet.fixed"]


def test_only_what_was_asked_for_is_told(receiver: Receiver, webhook: Webhook, breaks: Breaks):
    Webhook.objects.update(events=["snippet.fixed"])

    breaks("broke")

    assert WebhookDelivery.objects.count() == 0


def test_failure_is_tried_again_later_under_the_same_id(
    receiver: Receiver, webhook: Webhook, breaks: Breaks
):
    receiver.status = 500
    breaks()
    deliver_due(seconds=5)
    assert deliver_due(seconds=5) == 0, "not at once"
    webhook.refresh_from_db()
    assert (webhook.failures, WebhookDelivery.objects.get().error) == (1, "answered 500")

    receiver.status = 200
    with time_machine.travel(timezone.now() + timedelta(seconds=11)):
        assert deliver_due(seconds=5) == 1

    ids = {headers["webhook-id"] for headers, _ in receiver.received}
    webhook.refresh_from_db()
    assert (len(receiver.received), len(ids), webhook.failures) == (2, 1, 0)


def test_dead_address_is_asked_for_one_message_at_a_time(
    receiver: Receiver, webhook: Webhook, breaks: Breaks
):
    receiver.status = 503
    for _ in range(5):
        breaks()

    assert deliver_due(seconds=5) == 1


def test_address_that_never_answers_is_given_up(
    receiver: Receiver, webhook: Webhook, breaks: Breaks
):
    receiver.status = 500
    breaks()
    now = timezone.now()

    for day in range(ATTEMPTS):
        with time_machine.travel(now + timedelta(days=day)):
            assert deliver_due(seconds=5) == 1

    webhook.refresh_from_db()
    assert WebhookDelivery.objects.get().status == "failed"
    assert not webhook.is_active
    assert "answered 500" in webhook.disabled_reason
    assert breaks() is not None
    assert WebhookDelivery.objects.count() == 1, "nothing is kept for it any more"


def test_address_that_is_gone_is_given_up_at_once(
    receiver: Receiver, webhook: Webhook, breaks: Breaks
):
    receiver.status = 410
    breaks()

    deliver_due(seconds=5)

    webhook.refresh_from_db()
    assert webhook.disabled_reason == "answered 410 Gone"


def test_resumed_webhook_gets_what_waited(receiver: Receiver, webhook: Webhook, breaks: Breaks):
    receiver.status = 410
    breaks()
    deliver_due(seconds=5)
    receiver.status = 200

    services.set_active(user=webhook.created_by, webhook=webhook, is_active=True)

    assert deliver_due(seconds=5) == 1
    assert WebhookDelivery.objects.get().status == "delivered"


def test_batch_that_is_not_done_is_not_told_of(
    receiver: Receiver, webhook: Webhook, breaks: Breaks
):
    batch = Batch.objects.create(total=2, done=1)
    breaks(batch=batch)
    assert deliver_due(seconds=5) == 0

    Batch.objects.update(done=2)

    assert deliver_due(seconds=5) == 1


def test_batch_that_was_stopped_is_told_of_once_a_curator_accepts_it(
    receiver: Receiver, webhook: Webhook, breaks: Breaks
):
    batch = Batch.objects.create(total=2, done=2, state=Batch.State.STOPPED)
    breaks(batch=batch)
    assert deliver_due(seconds=5) == 0

    Batch.objects.update(state=Batch.State.ACCEPTED)

    assert deliver_due(seconds=5) == 1


def test_verification_that_was_discarded_is_not_told(
    receiver: Receiver, webhook: Webhook, breaks: Breaks
):
    breaks().delete()

    assert deliver_due(seconds=5) == 0
    assert WebhookDelivery.objects.get().status == "dropped"


def test_message_is_as_old_as_its_change(webhook: Webhook, breaks: Breaks):
    """Both are written, or neither is."""
    from django.db import transaction

    class Undone(Exception):
        pass

    def undo() -> None:
        with transaction.atomic():
            breaks()
            raise Undone

    with pytest.raises(Undone):
        undo()

    assert WebhookDelivery.objects.count() == 0


def test_message_sent_by_hand_changes_no_schedule(
    receiver: Receiver, webhook: Webhook, breaks: Breaks
):
    receiver.status = 500
    breaks()
    deliver_due(seconds=5)
    before = WebhookDelivery.objects.get()

    failed = services.send_again(delivery=before)
    assert (failed.status, failed.next_attempt_at) == ("pending", before.next_attempt_at)

    receiver.status = 200
    assert services.send_again(delivery=failed).status == "delivered"


def test_test_says_whether_it_arrived(receiver: Receiver, webhook: Webhook):
    assert services.send_test(webhook=webhook).status == "delivered"
    assert json.loads(receiver.received[0][1])["type"] == "test"

    receiver.status = 404
    delivery = services.send_test(webhook=webhook)

    webhook.refresh_from_db()
    assert (delivery.status, delivery.error) == ("failed", "answered 404")
    assert webhook.failures == 0
    assert deliver_due(seconds=5) == 0


def test_verification_that_breaks_what_worked_is_told(
    receiver: Receiver, webhook: Webhook, freezing: Article
):
    """The whole way: from a kept verdict to a message."""
    from sandbox import runtime
    from snippets.judging import Judgement
    from snippets.models import Snippet
    from snippets.proving import Proof
    from snippets.verification import keep

    snippet, wanted = Snippet.objects.get(), runtime.load("torch-2.13")
    for outcome in ("verified", "fails"):
        proof = Proof(
            judgement=Judgement(outcome=outcome, code="", reason=""), rung=None, attempt=None
        )
        keep(snippet=snippet, wanted=wanted, key="k", proof=proof, hashes=[], batch=None)

    deliver_due(seconds=5)

    assert [json.loads(body)["type"] for _, body in receiver.received] == ["snippet.broke"]
