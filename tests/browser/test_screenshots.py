"""Pictures of the site for docs/screenshots; made where ZHIYAN_SCREENSHOTS names the folder."""

import itertools
import os
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.jail]

SIZES = {"desk": {"width": 1280, "height": 860}, "phone": {"width": 390, "height": 844}}
SCHEMES = ["light", "dark"]
PAGES = {
    "home": "/zh/",
    "tag": "/en/tags/pytorch",
    "tags": "/zh/tags/",
    "article-zh": "/zh{article}?mode=one",
    "article-en": "/en{article}?mode=one",
    "article-both": "/zh{article}?mode=both",
    "search": "/zh/search?q=最大池化 SAME",
    "not-found": "/en/q/999999/how-do-i-freeze-layers",
}


def take(browser, address: str, folder: Path) -> None:
    """Show every page and a finished run in both themes, at a desk and on a phone."""
    for (size, viewport), scheme in itertools.product(SIZES.items(), SCHEMES):
        context = browser.new_context(base_url=address, viewport=viewport, color_scheme=scheme)
        page = context.new_page()
        page.goto("/en/tags/pytorch")
        article = page.locator("a[href*='/freeze-layers']").first.get_attribute("href")
        article = article.removeprefix("/en")

        def save(name: str, page=page, size=size, scheme=scheme) -> None:
            path = folder / f"{name}-{size}-{scheme}.jpg"
            page.screenshot(path=path, type="jpeg", quality=80)

        for name, path in PAGES.items():
            page.goto(path.format(article=article))
            save(name)
        page.goto(f"/en{article}?mode=one")
        figure = page.locator("figure.snippet").first
        figure.locator("details.edit summary").click()
        figure.locator(".ace_editor").wait_for()
        page.keyboard.press("Control+End")
        page.keyboard.type("\nprint('edited')")
        page.keyboard.press("Control+Enter")
        figure.locator(".live .badge.ok").wait_for()
        figure.scroll_into_view_if_needed()
        figure.evaluate("one => window.scrollTo(0, one.getBoundingClientRect().top + scrollY - 70)")
        save("snippet-run")
        context.close()


def test_pictures_are_taken(browser, started_site):
    folder = os.environ.get("ZHIYAN_SCREENSHOTS")
    if not folder:
        pytest.skip("pictures are taken where ZHIYAN_SCREENSHOTS names a folder")
    started_site.manage("verify", "--json")

    take(browser, started_site.url, Path(folder))

    assert len(list(Path(folder).glob("*.jpg"))) >= 4 * len(PAGES)
