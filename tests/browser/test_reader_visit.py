"""A reader finds an answer, reads it in both languages, runs its code, changes it, reruns it."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.jail]

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
ARCHIVE = Path(__file__).resolve().parents[3] / "shared" / "archive" / "deep-learning.txt"


@pytest.fixture
def article(open_window):
    """The address of an article of ours without its language, found as a reader finds it."""
    window = open_window(viewport=DESK)
    window.page.goto("/en/tags/pytorch")
    link = window.page.locator("a[href*='/freeze-layers']").first
    return link.get_attribute("href").removeprefix("/en")


def test_a_reader_walks_from_the_home_page_to_an_article_in_both_languages(open_window):
    window = open_window(viewport=DESK, locale="en")
    page = window.page

    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    window.screenshot("home-en")
    page.get_by_role("link", name="Tags", exact=True).first.click()
    window.screenshot("tags-en")
    page.locator("main a[href='/en/tags/pytorch']").first.click()
    window.screenshot("tag-en")
    page.locator("a[href*='/freeze-layers']").first.click()
    window.screenshot("article-en")
    english = page.locator("h1").inner_text()
    page.locator("nav.seg").get_by_text("中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    chinese = page.locator("h1").inner_text()
    window.screenshot("article-zh")
    page.locator("nav.seg a[href='?mode=both']").click()
    expect(page.locator(".pair").first).to_be_visible()
    window.screenshot("article-both")

    assert english != chinese
    assert page.locator(".pair .prose[lang='zh-Hans']").count() > 0
    assert page.locator(".pair .prose[lang='en']").count() > 0
    assert window.complaints == []


def write(page, figure, code):
    """Write into the editor that Edit opens, once it has taken the textarea's place."""
    editor = figure.locator(".ace_editor")
    expect(editor).to_be_visible()
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)


def test_code_is_run_edited_and_run_again(open_window, article):
    window = open_window(viewport=DESK)
    page = window.page
    page.goto(f"/en{article}")
    figure = page.locator("figure.snippet").first
    live = figure.locator(".live")

    figure.locator(".bar button.go").click()
    expect(live.locator(".badge.ok")).to_be_visible()
    expect(live.locator(".term")).not_to_be_empty()
    figure.locator("details.edit summary").click()
    code = figure.locator("textarea[name=code]").input_value()
    write(page, figure, code + "\nprint('edited', 6 * 7)\n")
    figure.locator("details.edit button.go").click()
    expect(live.locator(".term")).to_contain_text("edited 42")
    expect(live.locator(".badge.ok")).to_be_visible()
    window.screenshot("article-run")

    assert window.complaints == []


def test_an_endless_loop_is_cancelled(open_window, article):
    window = open_window(viewport=DESK)
    page = window.page
    page.goto(f"/en{article}")
    figure = page.locator("figure.snippet").first
    live = figure.locator(".live")

    figure.locator("details.edit summary").click()
    write(page, figure, "print('begun', flush=True)\nwhile True: pass\n")
    figure.locator("details.edit button.go").click()
    expect(live.locator(".term")).to_contain_text("begun")
    live.locator("button.cancel").click()
    expect(live.locator(".badge")).to_have_text("cancelled")

    assert window.complaints == []


def test_everything_works_without_javascript(open_window, article):
    window = open_window(viewport=DESK, java_script_enabled=False)
    page = window.page
    page.goto(f"/en{article}")

    page.locator("figure.snippet .bar button.go").first.click()
    expect(page.locator(".printed .term").first).to_be_visible()
    code = page.locator("textarea[name=code]")
    code.fill("print('edited', 6 * 7)\n")
    page.locator("p.tools button.go").click()
    expect(page.locator(".printed")).to_contain_text("edited 42")
    window.screenshot("run-without-javascript")

    assert window.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_scrolls_sideways_on_a_phone(open_window, article, scheme):
    window = open_window(viewport=PHONE, color_scheme=scheme, has_touch=True)
    pages = {
        "home": "/zh/",
        "tags": "/zh/tags/",
        "tag": "/en/tags/pytorch",
        "zh": f"/zh{article}",
        "en": f"/en{article}",
        "both": f"/zh{article}?mode=both",
        "search": "/zh/search?q=lstm",
    }

    sideways = []
    for name, path in pages.items():
        window.page.goto(path)
        window.screenshot(f"phone-{scheme}-{name}")
        if window.is_scrolled_sideways():
            sideways.append(name)

    assert sideways == []
    assert window.complaints == []


def test_the_imported_archive_is_read_side_by_side(open_window):
    if not ARCHIVE.exists():
        pytest.skip(f"no archive at {ARCHIVE}")
    window = open_window(viewport=DESK)
    page = window.page

    page.goto("/zh/search?q=LSTM")
    page.get_by_role("link", name="了解Keras LSTM").first.click()
    page.locator("nav.seg a[href='?mode=both']").click()
    window.screenshot("archive-both")

    expect(page.locator("section.post")).to_have_count(4)
    assert page.locator("figure.snippet").count() > 0
    assert window.complaints == []
