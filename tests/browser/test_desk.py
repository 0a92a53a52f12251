"""A curator at the desk: by keyboard, in both languages and themes, on a phone, and without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.test_accessibility import RULES, WIDE

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery staple"
PAGES = [
    "/{lang}/desk/",
    "/{lang}/desk/dashboard",
    "/{lang}/desk/history",
    "/{lang}/desk/permissions",
    "/{lang}/desk/people/",
    "/{lang}/desk/deleted/",
    "/{lang}/desk/batches/",
    "/{lang}/desk/queues/never-verified",
    "/{lang}/desk/queues/to-review",
    "/{lang}/desk/queues/missing-translations",
    "/{lang}/desk/queues/reports",
    "/{lang}/desk/queues/tags",
    "/{lang}/desk/reports/{report}",
    "/{lang}/desk/articles/1/delete",
    "/{lang}/articles/1/tag",
]
SET_UP = f"""
from django.contrib.auth.models import Group, User
from kb.models import *
from snippets.models import *
user, _ = User.objects.get_or_create(username="desk")
user.set_password({PASSWORD!r}); user.save()
user.groups.set(Group.objects.filter(name="administrator"))
post = Post.objects.filter(position=1).first()
Report.objects.get_or_create(post=post, kind="outdated", language="en", comment="gone since 2.6")
TagSuggestion.objects.get_or_create(article=post.article, name="transformers")
print(Report.objects.filter(kind="outdated").first().pk)
"""


@pytest.fixture(scope="module")
def report(started_site) -> str:
    return started_site.manage("shell", "-v0", "-c", SET_UP).split()[-1]


@pytest.fixture
def open_desk(open_window, report):
    """Open a window in which an administrator has signed in."""

    def open_one(**options):
        window = open_window(**options)
        page = window.page
        page.goto("/accounts/login/?next=/en/desk/")
        page.locator("input[name=login]").fill("desk")
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main form button").click()
        page.wait_for_url("**/en/desk/")
        return window

    return open_one


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_the_desk_breaks_a_rule(open_desk, report: str, scheme: str, lang: str):
    window = open_desk(color_scheme=scheme, viewport=WIDE)

    found = {}
    for address in (path.format(lang=lang, report=report) for path in PAGES):
        window.page.goto(address)
        violations = Axe().run(window.page, options={"runOnly": RULES}).response["violations"]
        if violations:
            found[address] = [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in violations]
        window.screenshot(f"desk-{address.strip('/').replace('/', '-')}-{scheme}")

    assert found == {}
    assert window.complaints == []


@pytest.mark.parametrize("width", [320, 640])
def test_desk_never_scrolls_sideways(open_desk, report: str, width: int):
    window = open_desk(viewport={"width": width, "height": 700})

    sideways = []
    for address in (path.format(lang="en", report=report) for path in PAGES):
        window.page.goto(address)
        if window.is_scrolled_sideways():
            sideways.append(address)

    assert sideways == []


def test_queue_is_worked_by_keyboard_alone(open_desk):
    page = open_desk(viewport=WIDE).page
    page.goto("/en/desk/queues/to-review")
    boxes = page.locator("input[name=id]")

    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    two = page.locator(".bulkbar .chosen").inner_text()
    second = page.evaluate("document.activeElement.closest('.item').querySelector('input').checked")
    page.keyboard.press("Shift+X")
    every = boxes.evaluate_all("all => all.every(one => one.checked)")
    page.keyboard.press("Shift+X")
    none = boxes.evaluate_all("all => all.some(one => one.checked)")
    page.keyboard.press("?")
    is_helped = page.locator(".keyhelp").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    field = page.evaluate("document.activeElement.name")

    assert (two, second, every, none, is_helped, field) == (
        "2 chosen", True, True, False, True, "why",
    )  # fmt: skip


def test_row_is_opened_with_enter(open_desk):
    page = open_desk(viewport=WIDE).page
    page.goto("/en/desk/queues/to-review")
    address = page.locator(".item h2 a").nth(1).get_attribute("href")

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")

    assert page.locator(".staffbar").is_visible()


def test_keys_go_on_with_the_row_after_what_is_done(open_desk):
    page = open_desk(viewport=WIDE).page
    page.goto("/en/desk/queues/to-review")
    after = page.locator(".item").nth(1).get_attribute("id")

    page.locator("input[name=id]").first.check()
    page.locator("button[value=reviewed]").click()
    page.wait_for_url(f"**#{after}")
    page.keyboard.press("j")

    assert page.evaluate("document.activeElement.closest('.item').id") == after


def test_article_is_reviewed_without_a_script(open_desk):
    window = open_desk(viewport=WIDE)
    state = window.page.context.storage_state()
    context = window.page.context.browser.new_context(
        base_url=window.url, java_script_enabled=False, storage_state=state
    )
    page = context.new_page()
    page.goto("/zh/desk/queues/to-review")
    before = page.locator(".item").count()

    page.locator("input[name=id]").first.check()
    page.locator("button[value=reviewed]").click()

    assert page.locator(".notice.success").is_visible()
    assert page.locator(".item").count() == before - 1
    context.close()
