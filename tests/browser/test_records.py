"""The admin's pages break no rule of accessibility, in both languages and themes."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.test_accessibility import RULES, WIDE

pytestmark = pytest.mark.browser
SET_UP = """
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from kb.models import *
user, is_new = User.objects.get_or_create(username="op", is_superuser=True, is_staff=True)
if is_new:
    TOTP.activate(user, generate_totp_secret())
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.save()
article = Article.objects.filter(tags__slug="pytorch").first()
OldAddress.objects.get_or_create(address="/questions/1", article=article)
address = OldAddress.objects.first()
tag = Tag.objects.exclude(parent=None).first()
text = article.posts.first().translations.first()
print(session.session_key, article.pk, address.pk, tag.pk, text.pk, text.post_id)
"""
# Reading style sheets that are imported, axe writes styles, which our policy forbids it.
OPTIONS = {"runOnly": RULES, "preload": False}
PAGES = [
    "",
    "kb/article/",
    "kb/article/{article}/change/",
    "kb/oldaddress/{address}/change/",
    "kb/oldaddress/add/",
    "kb/tag/{tag}/change/",
    "kb/translation/{text}/change/",
    "kb/post/{post}/change/",
    "snippets/snippet/",
    "snippets/verification/",
]


@pytest.fixture(scope="module")
def made(started_site) -> dict[str, str]:
    told = started_site.manage("shell", "-v0", "-c", SET_UP).split()
    return dict(
        zip(("session", "article", "address", "tag", "text", "post"), told[-6:], strict=True)
    )


@pytest.mark.parametrize(("scheme", "language"), [("light", "zh-Hans"), ("dark", "en")])
def test_no_page_of_the_records_breaks_a_rule(open_window, made, scheme: str, language: str):
    window = open_window(color_scheme=scheme, viewport=WIDE, locale=language)
    page = window.page
    page.context.add_cookies([{"name": "sessionid", "value": made["session"], "url": window.url}])

    found = {}
    for address in (path.format(**made) for path in PAGES):
        page.goto(f"/admin/{address}")
        assert page.locator("#site-name").is_visible(), page.url
        violations = Axe().run(page, options=OPTIONS).response["violations"]
        if violations:
            found[address] = [
                f"{one['id']}: {node['html'][:160]}"
                for one in violations
                for node in one["nodes"][:3]
            ]
        window.screenshot(f"admin-{address.strip('/').replace('/', '-')}-{language}-{scheme}")

    assert found == {}
    assert window.complaints == []
