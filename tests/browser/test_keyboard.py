"""Reading without a pointer: the search key, stepping through lists and texts, the editor."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_slash_goes_to_the_search(open_window):
    page = open_window().page
    page.goto("/en/tags/")

    page.keyboard.press("/")
    page.keyboard.type("lstm")
    page.keyboard.press("Enter")

    expect(page).to_have_url("/en/search?q=lstm")


def test_j_and_k_step_through_a_list(open_window):
    page = open_window().page
    page.goto("/en/q/")
    titles = page.locator(".rows > .card a:first-of-type").all_inner_texts()

    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("k")
    first = page.evaluate("document.activeElement.textContent")

    assert first == titles[0]
    assert second != first


def test_j_marks_a_paragraph_with_its_twin(open_window):
    page = open_window(viewport={"width": 1280, "height": 900}).page
    page.goto("/en/tags/pytorch")
    page.locator("a[href*='/freeze-layers']").first.click()
    page.goto(page.url + "?mode=both")

    page.keyboard.press("j")
    page.keyboard.press("j")

    assert page.evaluate("document.activeElement.closest('.pair') !== null")


def test_keys_do_nothing_while_one_writes(open_window):
    page = open_window().page
    page.goto("/en/tags/")

    field = page.locator(".filter input")
    field.fill("")
    field.type("jk/")

    expect(field).to_have_value("jk/")


def test_tag_index_filters_while_one_types(open_window):
    page = open_window().page
    page.goto("/zh/tags/")
    before = page.locator(".family:visible").count()

    page.locator(".filter input").fill("pytorch")

    assert 0 < page.locator(".family:visible").count() < before


@pytest.mark.jail
def test_editor_comes_with_edit_and_its_text_is_run(open_window):
    window = open_window(viewport={"width": 1280, "height": 900})
    page = window.page
    page.goto("/en/tags/pytorch")
    page.locator("a[href*='/freeze-layers']").first.click()
    figure = page.locator("figure.snippet").first
    assert page.locator("script[src*='ace']").count() == 0

    figure.locator("details.edit summary").click()
    expect(figure.locator(".ace_editor")).to_be_visible()
    page.keyboard.press("Control+a")
    page.keyboard.type("print(6 * 7)")
    page.keyboard.press("Control+Enter")

    expect(figure.locator(".live .term")).to_contain_text("42")
    expect(figure.locator(".live .badge.ok")).to_be_visible()
    assert window.complaints == []
