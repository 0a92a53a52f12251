"""What only a browser can tell of the site's looks."""

import pytest

pytestmark = pytest.mark.browser

BACKGROUND = "getComputedStyle(document.body).backgroundColor"
# The lower edge of each column's first character, row by row.
FIRST_LINES = """
[...document.querySelectorAll(".pair")].map(row => [...row.children].map(column => {
  const texts = document.createTreeWalker(column, NodeFilter.SHOW_TEXT);
  while (texts.nextNode() && !texts.currentNode.data.trim());
  const range = document.createRange();
  range.setStart(texts.currentNode, 0);
  range.setEnd(texts.currentNode, 1);
  return range.getBoundingClientRect().bottom;
}))
"""


@pytest.fixture
def first_article(open_window):
    """Return the path of an article that both languages have."""
    page = open_window().page
    page.goto("/en/q/")
    path: str = page.locator(".card:has(.twin) h2 a").first.get_attribute("href")
    return path


def test_theme_is_chosen_with_a_button_and_kept(open_window):
    window = open_window(color_scheme="light")
    page = window.page
    page.goto("/en/")
    light = page.evaluate(BACKGROUND)

    page.get_by_role("button", name="Light or dark").click()
    dark = page.evaluate(BACKGROUND)
    page.goto("/zh/tags/")

    assert dark != light
    assert page.evaluate(BACKGROUND) == dark
    assert window.complaints == []


def test_first_lines_of_both_columns_stand_on_one_level(open_window, first_article):
    page = open_window(viewport={"width": 1280, "height": 900}).page
    page.goto(f"{first_article}?mode=both")

    rows = page.evaluate(FIRST_LINES)

    assert len(rows) > 2
    # Chinese and Latin glyph boxes differ by a few pixels on the same baseline.
    assert [row for row in rows if abs(row[0] - row[1]) > 8] == []


@pytest.mark.parametrize("width", [390, 320])
def test_header_takes_two_rows_on_a_phone(open_window, first_article, width):
    page = open_window(viewport={"width": width, "height": 800}).page
    page.goto(f"{first_article}?mode=both")

    boxes = page.locator(".top .wrap > :visible").evaluate_all(
        "all => all.map(one => { const box = one.getBoundingClientRect();"
        " return (box.top + box.bottom) / 2; })"
    )

    assert len({round(middle / 12) for middle in boxes}) <= 2


def test_first_tab_offers_to_skip_to_the_content(open_window):
    page = open_window().page
    page.goto("/en/")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"
