"""What webhooks are told, for the description: the messages of `kb.webhooks.messages`."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field
from pydantic.json_schema import models_json_schema

from kb.api.shapes import Told
from kb.api.verifications import Outcome
from kb.models import Webhook

REFERENCE = "#/components/schemas/{model}"


class ArticleShowing(Told):
    id: int
    titles: Mapping[str, str] = Field(description="By language: zh, en.")
    urls: Mapping[str, str] = Field(description="By language: zh, en.")


class ChangedSnippet(Told):
    verification: int
    snippet: int
    name: str
    runtime: str
    outcome: Outcome
    reason_code: str
    reason: str
    checked_at: datetime.datetime
    url: str
    articles: Sequence[ArticleShowing] = Field(
        description="Those that show the snippet, with the most readers first; twenty at most."
    )


class SnippetBroke(Told):
    type: Literal["snippet.broke"]
    timestamp: datetime.datetime
    data: ChangedSnippet


class SnippetFixed(Told):
    type: Literal["snippet.fixed"]
    timestamp: datetime.datetime
    data: ChangedSnippet


MESSAGES: Mapping[Webhook.Event, tuple[type[Told], str]] = {
    Webhook.Event.BROKE: (SnippetBroke, "Code that worked on a runtime does not any more"),
    Webhook.Event.FIXED: (SnippetFixed, "Code works again on a runtime"),
}
HEADERS = {
    "webhook-id": "Of the message; one that comes twice has the same.",
    "webhook-timestamp": "When it was sent, in seconds since 1970; refuse old ones.",
    "webhook-signature": "Of both and the body, by the webhook's secret (Standard Webhooks).",
}


def webhook_schemas() -> dict[str, Any]:
    """Return the shapes of the messages, by name."""
    models = [(model, "serialization") for model, _summary in MESSAGES.values()]
    _keys, whole = models_json_schema(models, ref_template=REFERENCE)  # type: ignore[arg-type]
    found: dict[str, Any] = whole["$defs"]
    return found


def described_webhooks() -> dict[str, Any]:
    """Return the part of the description that says what is sent to a receiver, and when."""
    return {
        event.value: {"post": _operation(event, model.__name__, summary)}
        for event, (model, summary) in MESSAGES.items()
    }


def _operation(event: Webhook.Event, name: str, summary: str) -> dict[str, Any]:
    reference = {"$ref": REFERENCE.format(model=name)}
    return {
        "operationId": event.value.replace(".", "_"),
        "summary": summary,
        "tags": ["webhooks"],
        "parameters": [
            {"in": "header", "name": header, "required": True, "description": told,
             "schema": {"type": "string"}}
            for header, told in HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": reference}},
        },
        "responses": {
            "2XX": {"description": "Taken. Answer within ten seconds, work afterwards."},
            "410": {"description": "Send nothing here any more."},
            "default": {"description": "Sent again later, seven times at most."},
        },
    }  # fmt: skip
