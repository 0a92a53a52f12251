"""A curator at the bench and at imports: by keyboard, live, on a phone, and without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.test_accessibility import RULES, WIDE

pytestmark = pytest.mark.browser
PATIENCE_MILLISECONDS = 120_000  # the verifier is at work on the whole content
PASSWORD = "correct horse battery staple"
SET_UP = f"""
from django.contrib.auth.models import Group, User
from kb.models import *
from snippets.services import find_or_make_snippet
user, _ = User.objects.get_or_create(username="bench")
user.set_password({PASSWORD!r}); user.save()
user.groups.set(Group.objects.filter(name="curator"))
post = Post.objects.filter(article__tags__slug="pytorch").first()
snippet = find_or_make_snippet(code="import torch" + chr(10) + "print(rows + 1)", claim="9")
PostSnippet.objects.get_or_create(post=post, snippet=snippet, position=90)
print(snippet.pk)
"""
GUIDE = "---\ntitle: A guide for the bench\ntags: pytorch\n---\n\nText.\n"


@pytest.fixture(scope="module")
def snippet(started_site) -> str:
    return started_site.manage("shell", "-v0", "-c", SET_UP).split()[-1]


@pytest.fixture
def open_bench(open_window, snippet):
    """Open a window in which a curator has signed in, at the bench."""

    def open_one(lang: str = "en", **options):
        window = open_window(**options)
        page = window.page
        page.goto("/accounts/login/?next=/en/desk/")
        page.locator("input[name=login]").fill("bench")
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main form button").click()
        page.wait_for_url("**/en/desk/")
        page.goto(f"/{lang}/desk/snippets/{snippet}")
        return window

    return open_one


def violations(page) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_trial_by_keyboard_breaks_no_rule(open_bench, scheme: str, lang: str):
    window = open_bench(lang, color_scheme=scheme, viewport=WIDE)
    page = window.page

    page.keyboard.press("e")
    page.locator(".ace_text-input").first.wait_for(state="attached")
    page.keyboard.type("rows = 2")
    page.keyboard.press("Control+Enter")
    page.locator("#trial-state:not(:empty)").wait_for(state="attached")

    assert page.locator("#rows .term").first.inner_text() == "3\n"
    assert page.locator("#rows .badge.warn").count() >= 1
    window.screenshot(f"bench-{lang}-{scheme}")
    assert window.complaints == []
    assert violations(page) == []


def test_what_was_tried_is_accepted_with_one_key_and_taken_back(open_bench):
    window = open_bench(viewport=WIDE)
    page = window.page
    page.keyboard.press("e")
    page.locator(".ace_text-input").first.wait_for(state="attached")
    page.keyboard.type("rows = 2")
    page.keyboard.press("Control+Enter")
    page.locator("#rows .accept").first.wait_for()
    page.keyboard.press("Escape")

    page.keyboard.press("a")
    page.get_by_text("Accepted by a curator; it rules").wait_for()
    accepted = page.locator(".claim").first.inner_text()
    page.locator("#rows .badge.ok").first.wait_for(timeout=PATIENCE_MILLISECONDS)
    page.get_by_role("button", name="Undo the last change").click()
    page.wait_for_load_state()

    assert accepted == "3"
    assert "Taken back" in page.locator(".notice").first.inner_text()
    assert page.locator(".claim").all_inner_texts() == ["9"]
    assert window.complaints == []


def test_trial_is_cancelled_with_one_key(open_bench):
    window = open_bench(viewport=WIDE)
    page = window.page
    page.keyboard.press("e")
    page.locator(".ace_text-input").first.wait_for(state="attached")
    page.keyboard.type("while True: pass")
    page.keyboard.press("Control+Enter")
    page.locator("#rows .stop").wait_for()
    page.keyboard.press("Escape")

    page.keyboard.press("c")
    page.locator("#trial-state:not(:empty)").wait_for(state="attached")

    assert page.locator("#rows .stop").count() == 0
    assert "cancelled" in page.locator("#rows").inner_text()
    assert window.complaints == []


def test_bench_works_without_scripts(open_bench):
    window = open_bench(viewport=WIDE, java_script_enabled=False)
    page = window.page

    page.locator("textarea[name=setup]").fill("rows = 8")
    page.get_by_role("button", name="Try").click()
    page.locator("#rows .badge.ok").first.wait_for()

    assert page.locator("textarea[name=setup]").input_value() == "rows = 8"
    assert page.locator("#rows .term").first.inner_text() == "9\n"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_file_is_checked_and_imported(open_bench, scheme: str):
    window = open_bench(color_scheme=scheme, viewport=WIDE)
    page = window.page
    page.goto("/en/desk/imports/")
    listed = violations(page)
    file = {"name": "guide.md", "mimeType": "text/markdown", "buffer": GUIDE.encode()}

    page.locator("input[type=file]").set_input_files(file)
    page.get_by_label("Markdown files").check()
    page.get_by_role("button", name="Upload and check").click()
    page.get_by_role("button", name="Import it").wait_for()
    checked = violations(page)
    page.get_by_role("button", name="Import it").click()
    page.get_by_role("link", name="To the queues").wait_for()

    window.screenshot(f"import-{scheme}")
    assert (listed, checked, violations(page)) == ([], [], [])
    assert window.complaints == []


@pytest.mark.parametrize("width", [320, 640])
def test_nothing_scrolls_sideways(open_bench, snippet: str, width: int):
    window = open_bench(viewport={"width": width, "height": 700})

    sideways = []
    for address in (f"snippets/{snippet}", f"snippets/{snippet}/share", "imports/"):
        window.page.goto(f"/en/desk/{address}")
        if window.is_scrolled_sideways():
            sideways.append(address)

    assert sideways == []
