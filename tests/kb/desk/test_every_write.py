"""Who may send which form: every address that takes a POST stands here, and is sent by every role."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kb.desk.registry import QUEUES
from kb.models import AuditEntry
from kb.people.roles import ALLOWED, Permission, Role

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
PersonIn = Callable[[Role], User]

ANYBODY = "anybody"
SIGNED_IN = "signed in"
# A new form must be entered here; the test below finds those that are not.
WRITES: dict[str, Permission | str] = {
    "desk-queue-act": "of its queue",
    "desk-report": Permission.DECIDE_REPORTS,
    "desk-suggestion": Permission.DECIDE_REPORTS,
    "desk-batch-answer": Permission.ACCEPT_BATCHES,
    "desk-delete": Permission.DELETE_ARTICLES,
    "desk-bring-back": Permission.DELETE_ARTICLES,
    "desk-give-roles": Permission.MANAGE_ROLES,
    "desk-edit": Permission.TRANSLATE,
    "desk-agree": Permission.TRANSLATE,
    "desk-restore": Permission.TRANSLATE,
    "desk-preview": Permission.TRANSLATE,
    "desk-keep-draft": Permission.TRANSLATE,
    "desk-accept-text": Permission.REVIEW_TRANSLATIONS,
    "desk-send-back": Permission.REVIEW_TRANSLATIONS,
    "desk-new-article": Permission.WRITE_ARTICLES,
    "desk-new-answer": Permission.WRITE_ARTICLES,
    "desk-arrange": Permission.WRITE_ARTICLES,
    "desk-new-tag": Permission.MANAGE_TAGS,
    "desk-tag": Permission.MANAGE_TAGS,
    "desk-merge-tag": Permission.MANAGE_TAGS,
    "desk-try": Permission.CURATE_SNIPPETS,
    "desk-cancel-trial": Permission.CURATE_SNIPPETS,
    "desk-save": Permission.CURATE_SNIPPETS,
    "desk-accept": Permission.CURATE_SNIPPETS,
    "desk-undo": Permission.CURATE_SNIPPETS,
    "desk-reason": Permission.CURATE_SNIPPETS,
    "desk-share": Permission.CURATE_SNIPPETS,
    "desk-put-back": Permission.CURATE_SNIPPETS,
    "desk-imports": Permission.IMPORT_CONTENT,
    "desk-import-answer": Permission.IMPORT_CONTENT,
    "desk-webhooks": Permission.MANAGE_WEBHOOKS,
    "desk-webhook": Permission.MANAGE_WEBHOOKS,
    "desk-webhook-act": Permission.MANAGE_WEBHOOKS,
    "desk-delivery-again": Permission.MANAGE_WEBHOOKS,
    "tokens": SIGNED_IN,
    "revoke-token": SIGNED_IN,
    "vote": SIGNED_IN,
    "report": ANYBODY,
    "suggest": ANYBODY,
    "suggest-tag": ANYBODY,
    "snippets:create_run": ANYBODY,
    "snippets:cancel_run": ANYBODY,  # but only one's own
    "snippets:run_embedded": ANYBODY,
}
NOWHERE = {"int": 999_999_999, "str": "nowhere", "slug": "nowhere", "lang": "en", "path": "nowhere"}


def patterns(
    resolver: URLResolver, names: str = "", depth: str = ""
) -> Iterator[tuple[str, Any, str]]:
    """Yield every address below a language: its name, its values' kinds, its route."""
    for one in resolver.url_patterns:
        route = depth + str(one.pattern)
        if isinstance(one, URLResolver):
            prefix = f"{names}{one.namespace}:" if one.namespace else names
            yield from patterns(one, prefix, route)
        elif isinstance(one, URLPattern) and route.startswith("<lang:lang>/"):
            yield names + str(one.name), one, route


def address_of(name: str, pattern: URLPattern) -> str:
    values = {"lang": "en"}
    for key, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().removeprefix("string")
        values[key] = NOWHERE[{"language": "lang", "": "str"}.get(kind, kind)]
    return reverse(name, kwargs=values)


def taking_posts() -> dict[str, str]:
    """Return the addresses that take a POST, by name: each view says so to a method it lacks."""
    found = {}
    client = Client()
    client.force_login(User.objects.get_or_create(username="root", is_superuser=True)[0])
    for name, pattern, _route in patterns(get_resolver()):
        address = address_of(name, pattern)
        response = client.generic("BREW", address)
        assert response.status_code == 405, f"{name} takes any method: say which with require_…"
        if "POST" in response.headers["Allow"]:
            found[name] = address
    return found


def test_every_address_that_takes_a_post_is_known():
    found = set(taking_posts())

    assert found - set(WRITES) == set(), "new forms: enter them in WRITES with who may send them"
    assert set(WRITES) - found == set()


@pytest.mark.parametrize(
    "name", [name for name, who in WRITES.items() if isinstance(who, Permission)]
)
def test_form_is_for_those_who_may(
    client_of: ClientOf, person_in: PersonIn, client: Client, name: str
):
    address = taking_posts()[name]
    refused = {}

    for role in Role:
        response = client_of(person_in(role)).post(address)
        refused[role] = response.status_code == 403
    stranger = client.post(address)

    assert refused == {role: WRITES[name] not in ALLOWED[role] for role in Role}
    assert stranger.headers["Location"].startswith("/accounts/login/?next=")
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("slug", QUEUES)
def test_queue_takes_actions_of_those_who_see_it(
    client_of: ClientOf, person_in: PersonIn, slug: str
):
    refused = {}

    for role in Role:
        response = client_of(person_in(role)).post(f"/en/desk/queues/{slug}/act", {"action": "x"})
        refused[role] = response.status_code == 403

    assert refused == {role: QUEUES[slug].permission not in ALLOWED[role] for role in Role}


@pytest.mark.parametrize("slug", QUEUES)
def test_each_action_of_a_queue_is_for_those_who_may(
    client_of: ClientOf, person_in: PersonIn, slug: str
):
    for action in QUEUES[slug].actions:
        for role in Role:
            if {QUEUES[slug].permission, action.permission} <= ALLOWED[role]:
                continue
            client_of(person_in(role)).post(
                f"/en/desk/queues/{slug}/act",
                {"action": action.name, "everything": "1", "why": "x"},
            )

    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("name", [name for name, who in WRITES.items() if who == SIGNED_IN])
def test_form_for_the_signed_in_asks_strangers_to_sign_in(client: Client, name: str):
    response = client.post(taking_posts()[name])

    assert response.status_code == 404 or "/accounts/login/" in response.headers["Location"]


@pytest.mark.parametrize("name", [name for name in WRITES if name.startswith("desk")])
def test_no_form_is_taken_without_its_token(person_in: PersonIn, name: str):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person_in(Role.ADMINISTRATOR))

    response = client.post(taking_posts()[name])

    assert response.status_code == 403
