"""A reader's whole visit: asking, reading, comparing, running, telling; in both languages.

With JavaScript and without it the same things can be done, by the same links and forms.
"""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.jail]

SAID = {
    "en": {
        "query": "how to freeze layers",
        "other": "中文",
        "other_lang": "zh-Hans",
        "outdated": "This is outdated",
        "suggest": "Suggest an edit",
        "thanks": "Thank you",
        "history": "History",
    },
    "zh": {
        "query": "怎样冻结层",
        "other": "English",
        "other_lang": "en",
        "outdated": "内容已过时",
        "suggest": "建议修改",
        "thanks": "谢谢",
        "history": "历史",
    },
}
WARM_MS = 60_000  # the first run on a runtime waits for its imports
HTML_LANG = {"en": "en", "zh": "zh-Hans"}


@pytest.mark.parametrize("has_script", [True, False], ids=["with JavaScript", "without"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_reader_asks_reads_runs_and_tells(open_window, lang: str, has_script: bool):
    window = open_window(
        viewport={"width": 1280, "height": 900}, java_script_enabled=has_script, locale=lang
    )
    page, said = window.page, SAID[lang]

    # Asks on the home page, and takes the first answer.
    page.goto(f"/{lang}/")
    box = page.locator("main input[name=q]")
    box.fill(said["query"])
    box.press("Enter")
    page.wait_for_url(re.compile(rf"/{lang}/search\?"))
    page.locator("main a[href*='/freeze-layers']").first.click()
    expect(page.locator("html")).to_have_attribute("lang", HTML_LANG[lang])
    title = page.locator("h1").inner_text()

    # Reads it in the other language and side by side, and comes back to the same article.
    page.locator("nav.seg").get_by_text(said["other"]).click()
    expect(page.locator("html")).to_have_attribute("lang", said["other_lang"])
    assert page.locator("h1").inner_text() != title
    page.locator("nav.seg a[href='?mode=both']").click()
    expect(page.locator(".pair .prose[lang='en']").first).to_be_visible()
    expect(page.locator(".pair .prose[lang='zh-Hans']").first).to_be_visible()
    page.goto(page.url.split("?")[0].replace("/zh/" if lang == "en" else "/en/", f"/{lang}/"))
    article = page.url

    # Runs its first snippet.
    page.locator("figure.snippet .bar button.go").first.click()
    if has_script:
        expect(page.locator(".live .badge.ok").first).to_be_visible(timeout=WARM_MS)
        expect(page.locator(".live .term").first).not_to_be_empty()
    else:
        page.wait_for_url(re.compile(rf"/{lang}/runs/"))
        expect(page.locator(".printed .term").first).to_be_visible(timeout=WARM_MS)
    page.goto(article)

    # Tells the curators that it is outdated, and how it should read.
    page.get_by_role("link", name=said["outdated"]).first.click()
    page.locator("textarea[name=comment]").fill("2.13")
    page.locator("main form button").last.click()
    expect(page.locator(".notice.success")).to_contain_text(said["thanks"])
    page.get_by_role("link", name=said["suggest"]).first.click()
    text = page.locator("textarea[name=markdown]")
    text.fill(text.input_value() + f"\n\nP.S. {lang} {has_script}\n")
    page.locator("main form button").last.click()
    expect(page.locator(".notice.success")).to_contain_text(said["thanks"])
    page.get_by_role("link", name=said["history"]).first.click()
    expect(page.locator("h1")).to_be_visible()

    # Goes on by tag, and by two tags at once.
    page.goto(article)
    page.locator("main a[href*='/tags/pytorch']").first.click()
    expect(page.locator("main h1")).to_contain_text("PyTorch")
    page.goto(f"/{lang}/tagged/pytorch+keras")
    assert page.url.endswith(f"/{lang}/tagged/keras+pytorch")

    assert window.complaints == []
