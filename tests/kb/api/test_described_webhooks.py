"""The description has the messages of webhooks, as they are really sent."""

import json
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest

from kb.api.application import describe
from kb.models import Article, Webhook, WebhookDelivery
from kb.webhooks.messages import note_change
from snippets.models import Snippet, Verification

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("change", Verification.Change.values)
def test_message_is_as_described(
    freezing: Article, django_capture_on_commit_callbacks: Callable[..., Any], change: str
):
    Webhook.objects.create(
        url="https://example.org/h", secret="whsec_x", events=Webhook.Event.values,
        site_url="https://kb.example.org",
    )  # fmt: skip
    verification = Verification.objects.create(
        snippet=Snippet.objects.get(), runtime="torch-2.13", key="k", change=change,
        outcome="fails" if change == "broke" else "runs", reason="NameError: x",
    )  # fmt: skip

    note_change(verification=verification)

    event = f"snippet.{change}"
    body = json.loads(WebhookDelivery.objects.get().body)
    described = describe()["webhooks"][event]["post"]
    schema = described["requestBody"]["content"]["application/json"]["schema"]
    whole = {**schema, "components": describe()["components"]}
    assert body["type"] == event
    assert body["data"]["articles"]
    jsonschema_rs.validator_for(whole).validate(body)


def test_every_event_is_described():
    described = describe()

    assert described["openapi"].startswith("3.1")
    assert set(described["webhooks"]) == set(Webhook.Event.values)
