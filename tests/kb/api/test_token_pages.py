"""Users make, see and revoke their own tokens; a token is shown once."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from kb.models import ApiToken, AuditEntry, Deed
from kb.people.roles import Role
from kb.people.tokens import TOKENS_AT_MOST, Scope, make_token

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
PATH = "/en/account/tokens"
WANTED = {"name": "notebook", "scopes": ["run", "suggest"], "days": "90"}


def test_stranger_is_led_to_signing_in(client: Client):
    for response in (client.get(PATH), client.post(PATH, WANTED)):
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/accounts/login/")
    assert ApiToken.objects.count() == 0


def test_token_is_shown_once(client_of: ClientOf, owner: User):
    browser = client_of(owner)

    made = browser.post(PATH, WANTED).content.decode()
    later = browser.get(PATH).content.decode()

    (text,) = re.findall(r"zhiyan_[\w-]{43}", made)
    assert text not in later
    assert f"…{text[-4:]}" in later
    token = ApiToken.objects.get()
    assert (token.user, token.scopes) == (owner, ["run", "suggest"])
    assert token.expires_at is not None
    assert AuditEntry.objects.get().verb == Deed.MADE_TOKEN


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"scopes": []}, {"scopes": ["curate"]}, {"days": "7"}]
)
def test_wrong_form_comes_back(client_of: ClientOf, owner: User, change: dict[str, object]):
    response = client_of(owner).post(PATH, {**WANTED, **change})

    assert response.status_code == 422
    assert ApiToken.objects.count() == 0


@pytest.mark.parametrize(("role", "offered"), [(Role.READER, False), (Role.CURATOR, True)])
def test_scopes_are_offered_to_whom_they_are_of_use(
    client_of: ClientOf, person_in: Callable[[Role], User], role: Role, offered: bool
):
    html = client_of(person_in(role)).get(PATH).content.decode()

    assert ('value="curate"' in html) == offered
    assert 'value="run"' in html


def test_token_is_revoked_by_its_owner_alone(client_of: ClientOf, owner: User, outsider: User):
    token, _ = make_token(user=owner, name="x", scopes=[Scope.RUN], days=None)
    path = f"{PATH}/{token.pk}/revoke"

    assert client_of(outsider).post(path).status_code == 404
    assert client_of(owner).get(path).status_code == 405
    token.refresh_from_db()
    assert token.is_usable

    response = client_of(owner).post(path, follow=True)

    token.refresh_from_db()
    assert not token.is_usable
    assert "was revoked" in response.content.decode()


def test_nobody_gathers_tokens_without_end(client_of: ClientOf, owner: User):
    for number in range(TOKENS_AT_MOST):
        make_token(user=owner, name=str(number), scopes=[Scope.RUN], days=None)

    response = client_of(owner).post(PATH, WANTED)

    assert response.status_code == 422
    assert "Revoke one" in response.content.decode()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_page_says_what_the_api_can_do(client: Client, db: None, lang: str):
    html = client.get(f"/{lang}/help/api").content.decode()

    assert "/api/v1/articles/{article_id}" in html
    assert 'name="robots" content="noindex"' in html
    assert "style=" not in html
    assert "write:texts" in html
    assert {"zh": "列出文章", "en": "List articles"}[lang] in html
