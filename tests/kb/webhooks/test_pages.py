"""Administrators, and nobody else, say who is told what."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from kb.models import AuditEntry, Webhook, WebhookDelivery
from kb.people.roles import Role
from tests.kb.webhooks.conftest import Receiver

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
PersonIn = Callable[[Role], User]
PATH = "/en/desk/webhooks/"


@pytest.fixture
def administrator(client_of: ClientOf, person_in: PersonIn) -> Client:
    return client_of(person_in(Role.ADMINISTRATOR))


def paths(webhook: Webhook) -> list[str]:
    deeds = ("test", "pause", "resume", "renew", "remove")
    return [PATH, f"{PATH}{webhook.pk}", *(f"{PATH}{webhook.pk}/{deed}" for deed in deeds)]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_other_roles_are_refused(
    client_of: ClientOf, person_in: PersonIn, role: Role, webhook: Webhook, receiver: Receiver
):
    browser = client_of(person_in(role))

    for path in paths(webhook):
        assert browser.post(path, {"url": "https://example.com/"}).status_code == 403, path
    assert browser.get(PATH).status_code == 403
    assert Webhook.objects.get().url == receiver.url
    assert receiver.received == []


def test_stranger_is_led_to_signing_in(client: Client, webhook: Webhook):
    for path in paths(webhook):
        assert client.post(path).status_code == 302, path
    assert Webhook.objects.filter(is_active=True).count() == 1


def test_webhook_is_made_and_its_secret_shown_once(administrator: Client):
    values = {"url": "https://example.com/hook", "events": ["snippet.broke"], "description": "chat"}

    made = administrator.post(PATH, values).content.decode()

    webhook = Webhook.objects.get()
    assert (webhook.url, webhook.events) == ("https://example.com/hook", ["snippet.broke"])
    assert webhook.site_url == "http://testserver/"
    assert webhook.secret in made
    assert webhook.secret not in administrator.get(f"{PATH}{webhook.pk}").content.decode()
    assert AuditEntry.objects.get().label == "chat"


@pytest.mark.parametrize(
    "change", [{"url": "https://10.0.0.1/"}, {"url": "http://example.com/"}, {"events": []}]
)
def test_wrong_webhook_comes_back(administrator: Client, change: dict[str, object]):
    values = {"url": "https://example.com/", "events": ["snippet.broke"], **change}

    response = administrator.post(PATH, values)

    assert response.status_code == 422
    assert Webhook.objects.count() == 0


def test_test_says_on_the_page_whether_it_arrived(
    administrator: Client, webhook: Webhook, receiver: Receiver
):
    page = administrator.post(f"{PATH}{webhook.pk}/test", follow=True).content.decode()
    assert "it answered 204" in page

    receiver.status = 500
    page = administrator.post(f"{PATH}{webhook.pk}/test", follow=True).content.decode()
    assert "answered 500" in page
    assert len(receiver.received) == 2


def test_paused_webhook_is_resumed(administrator: Client, webhook: Webhook):
    administrator.post(f"{PATH}{webhook.pk}/pause")
    assert not Webhook.objects.get().is_active

    Webhook.objects.update(disabled_reason="answered 410 Gone", failures=3)
    administrator.post(f"{PATH}{webhook.pk}/resume")

    found = Webhook.objects.get()
    assert (found.is_active, found.disabled_reason, found.failures) == (True, "", 0)


def test_secret_is_renewed(administrator: Client, webhook: Webhook):
    page = administrator.post(f"{PATH}{webhook.pk}/renew").content.decode()

    new = Webhook.objects.get().secret
    assert new != webhook.secret
    assert new in page


def test_message_is_sent_again(administrator: Client, webhook: Webhook, receiver: Receiver):
    administrator.post(f"{PATH}{webhook.pk}/test")
    delivery = WebhookDelivery.objects.get()

    administrator.post(f"/en/desk/deliveries/{delivery.pk}/again")

    ids = [headers["webhook-id"] for headers, _ in receiver.received]
    assert ids == [delivery.message_id] * 2


def test_webhook_is_changed_and_removed(administrator: Client, webhook: Webhook):
    values = {"url": "https://example.com/new", "events": ["snippet.fixed"]}
    administrator.post(f"{PATH}{webhook.pk}", values)
    assert Webhook.objects.get().url == "https://example.com/new"

    page = administrator.post(f"{PATH}{webhook.pk}/remove", follow=True).content.decode()

    assert "was removed" in page
    assert Webhook.objects.count() == 0


def test_unknown_deed_is_not_found(administrator: Client, webhook: Webhook):
    assert administrator.post(f"{PATH}{webhook.pk}/dance").status_code == 404


def test_pages_are_in_chinese_too(administrator: Client, webhook: Webhook):
    for path in ("/zh/desk/webhooks/", f"/zh/desk/webhooks/{webhook.pk}"):
        assert (
            "投递" in administrator.get(path).content.decode()
            or "通知" in administrator.get(path).content.decode()
        )
