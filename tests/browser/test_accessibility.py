"""The rules of WCAG 2.2 AA, as axe checks them, on every kind of page."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE = {"width": 1280, "height": 900}
PAGES = [
    "/{lang}/",
    "/{lang}/q/?sort=votes",
    "/{lang}/tags/",
    "/{lang}/tags/pytorch",
    "/{lang}/tagged/keras+pytorch",
    "/{lang}/tagged/a+b+c+d",
    "/{lang}/search?q=lstm",
    "/{lang}/search?q=zzzqqq",
    "/{lang}/help",
    "/{lang}/help/api",
    "/{lang}/status",
    "/{lang}/nowhere",
    "{article}",
    "{article}?mode=both",
    "{snippet}",
    "{snippet}/embed",
    "/{lang}/posts/1/zh/changes",
    "/{lang}/posts/1/outdated",
    "/{lang}/posts/1/en/suggest",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
]


@pytest.fixture
def addresses(open_window):
    """Return each page's address in a language."""
    page = open_window().page
    page.goto("/en/tags/pytorch")
    article = page.locator("a[href*='/freeze-layers']").first.get_attribute("href")
    page.goto(article)
    snippet = page.locator("figure.snippet a.name").first.get_attribute("href")

    def of(lang: str) -> list[str]:
        found = {"article": article, "snippet": snippet}
        own = {name: path.replace("/en/", f"/{lang}/", 1) for name, path in found.items()}
        return [path.format(lang=lang, **own) for path in PAGES]

    return of


def violations(page) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_breaks_a_rule(open_window, addresses, scheme: str, lang: str):
    page = open_window(color_scheme=scheme, viewport=WIDE).page

    found = {}
    for address in addresses(lang):
        page.goto(address)
        if broken := violations(page):
            found[address] = broken

    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_running_snippet_breaks_no_rule(open_window, addresses, scheme: str):
    page = open_window(color_scheme=scheme, viewport=WIDE).page
    page.goto(addresses("en")[PAGES.index("{article}")])

    figure = page.locator("figure.snippet").first
    figure.locator(".bar button.go").click()
    figure.locator(".live .badge.ok").wait_for()

    assert violations(page) == []


@pytest.mark.parametrize("width", [320, 640])
def test_narrow_or_enlarged_pages_never_scroll_sideways(open_window, addresses, width: int):
    """640 is what a desk of 1280 has left at 200 %."""
    window = open_window(viewport={"width": width, "height": 700})

    sideways = []
    for address in addresses("zh"):
        window.page.goto(address)
        if window.is_scrolled_sideways():
            sideways.append(address)

    assert sideways == []


def test_scrolling_code_can_be_reached_by_keyboard(open_window, addresses):
    page = open_window(viewport={"width": 320, "height": 700}).page
    page.goto(addresses("en")[PAGES.index("{article}")])

    unreachable = page.evaluate(
        "[...document.querySelectorAll('main *')].filter(one =>"
        " ['auto', 'scroll'].includes(getComputedStyle(one).overflowX)"
        " && one.scrollWidth > one.clientWidth + 1 && one.tabIndex < 0).map(one => one.outerHTML)"
    )

    assert unreachable == []
