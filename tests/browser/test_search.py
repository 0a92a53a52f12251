"""Searching in a real browser: results, suggestions by keyboard, and life without JavaScript."""

import urllib.request

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def find(started_site, wait_until):
    """Wait until the index answers, as it does a moment after the site."""
    address = f"{started_site.url}/en/search?q=torch"
    wait_until(lambda: b"rows hits" in urllib.request.urlopen(address).read())


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_results_fit_the_window_and_nothing_complains(open_window, find, lang, width, scheme):
    window = open_window(viewport={"width": width, "height": 900}, color_scheme=scheme)
    window.page.goto(f"/{lang}/search?q=怎么保存模型 torch.load [pytorch]")

    window.screenshot(f"search-{lang}-{width}-{scheme}")

    assert window.page.locator(".hits .card").count() > 0
    assert window.page.locator(".hits mark").count() > 0
    assert not window.is_scrolled_sideways()
    assert window.complaints == []


@pytest.mark.parametrize("path", ["/en/", "/en/tags/"])
def test_suggestion_is_chosen_with_the_keyboard(open_window, find, path):
    window = open_window()
    page = window.page
    page.goto(path)
    page.locator("input[name=q]").first.click()

    page.keyboard.type("clip grad")
    page.locator(".suggestions li.title").first.wait_for()
    page.keyboard.press("ArrowDown")
    chosen = page.locator(".suggestions [aria-selected=true]")
    described = page.locator("input[name=q]").first.get_attribute("aria-activedescendant")

    assert chosen.get_attribute("id") == described
    page.keyboard.press("Enter")
    page.wait_for_url("**/gradient-clipping")
    assert window.complaints == []


def test_escape_closes_the_suggestions_and_enter_searches(open_window, find):
    page = open_window().page
    page.goto("/en/tags/")
    page.locator("input[name=q]").first.click()
    page.keyboard.type("clip grad")
    page.locator(".suggestions li").first.wait_for()

    page.keyboard.press("Escape")

    assert page.locator(".suggestions").is_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=clip+grad")


def test_search_works_without_javascript(open_window, find):
    page = open_window(java_script_enabled=False).page
    page.goto("/en/tags/")
    page.locator("input[name=q]").first.fill("gradeint cliping")
    page.locator("input[name=q]").first.press("Enter")

    assert page.get_by_text("gradient clipping").count() > 0
    page.locator(".hits .card h2 a").first.click()
    assert page.locator("h1").inner_text().startswith("How should I clip gradients")


def test_article_leads_to_related_ones(open_window, find):
    page = open_window().page
    page.goto("/en/search?q=how to save model")
    page.locator(".hits .card h2 a").first.click()

    assert page.locator(".related a").count() > 0
