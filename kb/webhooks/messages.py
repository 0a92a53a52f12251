"""What a webhook is told; written with the change itself, so that neither is without the other."""

import json
import secrets
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from kb.languages import BY_PATH, TO_PATH
from kb.models import Article, Language, PostSnippet, Translation, Webhook, WebhookDelivery
from snippets.models import Verification

Event = Webhook.Event
TEST = "test"
OF_CHANGE = {
    Verification.Change.BROKE.value: Event.BROKE,
    Verification.Change.FIXED.value: Event.FIXED,
}
ARTICLES_AT_MOST = 20


@transaction.atomic
def note_change(*, verification: Verification) -> int:
    """Keep a message for each webhook that wants to know; return how many."""
    event = OF_CHANGE[verification.change]
    hooks = [hook for hook in Webhook.objects.filter(is_active=True) if event in hook.events]
    if not hooks:
        return 0
    data = _data(verification)
    for hook in hooks:
        _keep(hook, event.value, _absolute(data, hook.site_url), verification)
    return len(hooks)


def note_test(*, webhook: Webhook) -> WebhookDelivery:
    """Keep a message that says nothing but that it arrived; only who asked for it sends it."""
    delivery = _keep(webhook, TEST, {"message": "This is a test from Zhiyan."}, None)
    delivery.status = WebhookDelivery.Status.FAILED
    delivery.save(update_fields=["status"])
    return delivery


def _keep(
    webhook: Webhook, event: str, data: dict[str, Any], verification: Verification | None
) -> WebhookDelivery:
    message_id = f"msg_{secrets.token_urlsafe(18)}"
    now = timezone.now()
    body = {"type": event, "timestamp": now.isoformat(), "data": data}
    return WebhookDelivery.objects.create(
        webhook=webhook,
        message_id=message_id,
        event=event,
        body=json.dumps(body, ensure_ascii=False),
        verification=verification,
        next_attempt_at=now,
    )


def _data(one: Verification) -> dict[str, Any]:
    snippet = one.snippet
    return {
        "verification": one.pk,
        "snippet": snippet.pk,
        "name": snippet.name,
        "runtime": one.runtime,
        "outcome": one.outcome,
        "reason_code": one.reason_code,
        "reason": one.reason,
        "checked_at": one.checked_at.isoformat(),
        "url": reverse("snippets:snippet", args=["en", snippet.pk]),
        "articles": _articles(snippet.pk),
    }


def _articles(snippet_id: int) -> list[dict[str, Any]]:
    """Return the articles that show the snippet: those with the most readers, by all titles."""
    ids = PostSnippet.objects.filter(snippet=snippet_id).values("post__article")
    shown = Article.objects.filter(pk__in=ids).order_by("-view_count", "pk")[:ARTICLES_AT_MOST]
    found: dict[int, dict[str, Any]] = {
        article.pk: {
            "id": article.pk,
            "titles": {},
            "urls": {
                lang: reverse("article", args=[lang, article.pk, article.slug]) for lang in BY_PATH
            },
        }
        for article in shown
    }
    titles = Translation.objects.filter(post__article__in=found, post__position=0)
    for id_, language, title in titles.values_list("post__article_id", "language", "title"):
        found[id_]["titles"][TO_PATH[Language(language)]] = title
    return list(found.values())


def _absolute(data: dict[str, Any], site_url: str) -> dict[str, Any]:
    root = site_url.rstrip("/")
    articles = [
        {**one, "urls": {lang: root + path for lang, path in one["urls"].items()}}
        for one in data["articles"]
    ]
    return {**data, "url": root + data["url"], "articles": articles}
