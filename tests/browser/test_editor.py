"""The bilingual editor in a browser: type, look, save, meet somebody else's change, roll back."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE = {"width": 1440, "height": 900}
PASSWORD = "correct horse battery staple"
MAKE_PEOPLE = f"""
from django.contrib.auth.models import Group, User
for name, role in (("wen", "curator"), ("lin", "author")):
    user, _ = User.objects.get_or_create(username=name)
    user.set_password({PASSWORD!r})
    user.save()
    user.groups.set(Group.objects.filter(name=role))
"""
WORDS = {
    "zh": {
        "saved": "英文正文已保存",
        "clash": "您编辑期间，英文正文已被改动",
        "merge": "合并两边的改动",
        "others": "正在编辑的还有",
        "back": "回退",
        "restored": "已回退到早先的正文",
        "draft": "继续写草稿",
    },
    "en": {
        "saved": "The English text is saved.",
        "clash": "The English text was changed while you were writing",
        "merge": "Put both together",
        "others": "Also editing now",
        "back": "Roll back",
        "restored": "The earlier text is the current one again.",
        "draft": "Go on with the draft",
    },
}


@pytest.fixture(scope="module")
def people(started_site):
    started_site.manage("shell", "-v0", "-c", MAKE_PEOPLE)


@pytest.fixture
def sign_in(open_window, people):
    """Open a window in which somebody has signed in."""

    def enter(name: str, **options):
        window = open_window(viewport=WIDE, **options)
        window.page.goto("/accounts/login/")
        window.page.fill("[name=login]", name)
        window.page.fill("[name=password]", PASSWORD)
        window.page.click("main form button")
        window.page.wait_for_url(re.compile(r"/(zh|en)/"))
        return window

    return enter


def editor_of(page, lang: str, slug: str) -> str:
    """Return the address of the editor of an article's first answer."""
    page.goto(f"/{lang}/tags/pytorch")
    page.click(f"a[href*='/{slug}']")
    return (
        page.locator("section.post .feedback a[href*='/desk/posts/']").nth(1).get_attribute("href")
    )


def violations(page) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


def add(page, words: str) -> None:
    """Type at the end of the English text."""
    page.focus("[name=markdown_en]")
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def put_first(page, words: str) -> None:
    page.focus("[name=markdown_en]")
    page.keyboard.press("Control+Home")
    page.keyboard.type(words)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_text_is_typed_seen_saved_met_and_rolled_back(sign_in, lang: str):
    words = WORDS[lang]
    mine, theirs = sign_in("wen"), sign_in("lin")
    page, other = mine.page, theirs.page
    address = editor_of(page, lang, "freeze-layers")
    page.goto(address)
    before = page.input_value("[name=markdown_en]")

    add(page, f"\n\nTyped in {lang} with $x^2$.")
    page.locator(".look .prose[lang=en] math").last.wait_for()
    assert page.locator(".look .prose[lang=en] p").last.inner_text().startswith(f"Typed in {lang}")
    assert violations(page) == []
    page.locator(".state", has_text=re.compile(r"\d\d:\d\d")).wait_for()
    mine.screenshot(f"editor-{lang}")

    page.keyboard.press("Control+S")
    page.get_by_text(words["saved"]).wait_for()
    assert page.input_value("[name=markdown_en]").endswith("$x^2$.")

    other.goto(address)
    other.get_by_text(words["others"]).wait_for()
    put_first(other, "Theirs.\n\n")
    add(page, "\n\nMine.")
    other.keyboard.press("Control+S")
    other.get_by_text(words["saved"]).wait_for()
    page.keyboard.press("Control+S")
    page.get_by_role("heading", name=words["clash"]).wait_for()
    assert page.input_value("[name=markdown_en]").endswith("Mine.")
    assert violations(page) == []
    mine.screenshot(f"editor-conflict-{lang}")

    page.get_by_role("button", name=words["merge"]).click()
    page.wait_for_function(
        "document.querySelector('[name=markdown_en]').value.startsWith('Theirs.')"
    )
    page.get_by_role("button", name=re.compile("Ctrl S")).click()
    page.get_by_text(words["saved"]).wait_for()

    page.goto(address.replace("/edit", "/en/revisions"))
    assert violations(page) == []
    page.locator("tbody a[href*='/restore']").last.click()
    page.fill("[name=why]", "only a test")
    assert violations(page) == []
    page.get_by_role("button", name=words["back"]).click()
    page.get_by_text(words["restored"]).wait_for()
    page.goto(address)
    assert page.input_value("[name=markdown_en]") == before
    assert [c for c in mine.complaints + theirs.complaints if "409" not in c] == []


def test_draft_survives_a_closed_window(sign_in):
    window = sign_in("wen")
    address = editor_of(window.page, "en", "gradient-clipping")
    window.page.goto(address)
    add(window.page, "\n\nHalf a sen")
    window.page.locator(".state", has_text=re.compile(r"\d\d:\d\d")).wait_for()
    window.close()

    page = sign_in("wen").page
    page.goto(address)
    assert not page.input_value("[name=markdown_en]").endswith("Half a sen")
    page.get_by_role("link", name="Go on with the draft").click()

    assert page.input_value("[name=markdown_en]").endswith("Half a sen")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_for_writing_break_no_rule(sign_in, scheme: str):
    page = sign_in("wen", color_scheme=scheme).page
    editor = editor_of(page, "zh", "freeze-layers")
    found = {}

    for address in [editor, "/zh/desk/articles/new", "/zh/desk/tags/", "/zh/desk/tags/pytorch",
                    editor.replace("/edit", "/zh/revisions")]:  # fmt: skip
        page.goto(address)
        if broken := violations(page):
            found[address] = broken

    assert found == {}


@pytest.mark.parametrize("width", [320, 640])
def test_narrow_editor_never_scrolls_sideways(sign_in, width: int):
    window = sign_in("wen")
    window.page.set_viewport_size({"width": width, "height": 700})
    editor = editor_of(window.page, "zh", "freeze-layers")

    sideways = []
    for address in [editor, "/zh/desk/articles/new", "/zh/desk/tags/",
                    editor.replace("/edit", "/en/revisions")]:  # fmt: skip
        window.page.goto(address)
        if window.is_scrolled_sideways():
            sideways.append(address)

    assert sideways == []
