"""A curator who has never seen the desk takes a new archive from all grey to all told."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from kb.models import AcceptedReason
from kb.people.roles import Role
from tests.browser.conftest import ARCHIVE, Visit, launched
from tests.conftest import PASSWORD
from tests.kb.transfer.conftest import everything
from tests.kb.transfer.test_round_trip import wipe

pytestmark = [pytest.mark.browser, pytest.mark.jail, pytest.mark.django_db(transaction=True)]

RED = ("broken", "differs", "without-setup", "never-worked", "fails-elsewhere", "flaky")
VERIFIED_WITHIN_SECONDS = 300
JUDGED_WITHIN_MS = 60_000
NOTHING_WAITS = {"zh": "这里没有待办", "en": "Nothing waits here"}
# Of each snippet on an article's page: what its badge is, and whether the page says why.
SHOWN = """figures => figures.map(figure => ({
  tone: figure.querySelector('.bar .badge')?.classList[1] ?? 'none',
  why: [...figure.querySelectorAll('.reason, .decay, .term .stderr, .matrix td:last-child')]
    .some(one => !['', '—'].includes(one.textContent.trim())),
}))"""


@pytest.fixture
def curator(person_in):
    user = person_in(Role.CURATOR)
    user.set_password(PASSWORD)
    user.save()
    call_command("curation", "import", verbosity=0)  # as `make up` does
    AcceptedReason.objects.all().delete()  # what rightly fails is this curator's to say
    return user


def sign_in(page: Page, name: str) -> None:
    page.goto("/accounts/login/?next=/zh/desk/")
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button").click()
    page.wait_for_url("**/zh/desk/")


def import_archive(page: Page) -> None:
    page.locator(".desknav").get_by_role("link", name="导入").click()
    page.locator("input[type=file]").set_input_files(ARCHIVE)
    page.get_by_label("博客标签页的文本").check()
    page.get_by_role("button", name="上传并检查").click()
    page.get_by_role("button", name="导入", exact=True).click()
    page.get_by_role("link", name="前往队列").click()


def verify_everything(page: Page) -> int:
    """Have checked what waits, and wait until nothing does; return how much it was."""
    page.get_by_role("link", name="从未验证").click()
    count = int(page.locator("h1 .count").inner_text())
    page.get_by_label(re.compile("含其他页")).check()
    page.get_by_role("button", name="重新验证").click()
    for _ in range(VERIFIED_WITHIN_SECONDS):
        if not page.locator(".item").count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    expect(page.locator(".empty")).to_contain_text(NOTHING_WAITS["zh"])
    return count


def accept_what_is_printed(page: Page, lang: str) -> None:
    """Mend by one key what prints otherwise than its author says."""
    page.goto(f"/{lang}/desk/queues/differs")
    page.locator(".item h2 a").first.click()
    page.locator("#rows .accept").first.wait_for()
    page.keyboard.press("a")
    expect(page.locator("#rows .badge.ok").first).to_be_visible(timeout=JUDGED_WITHIN_MS)


def say_why(page: Page, lang: str, queue: str) -> int:
    """Read why each snippet of a queue fails, and say that it rightly does; return how many."""
    page.goto(f"/{lang}/desk/queues/{queue}")
    count = page.locator(".item").count()
    for _ in range(count):
        page.locator(".item h2 a").first.click()
        why = page.locator("#rows .why").first.inner_text()
        page.locator(".rightly input[name=why]").fill(why)
        page.locator(".rightly button[value=accept]").click()
        expect(page.locator(".rightly .notice").first).to_contain_text(why)
        page.locator(".stretch a").first.click()
    expect(page.locator(".empty")).to_contain_text(NOTHING_WAITS[lang])
    return count


def shown_to_readers(page: Page, lang: str) -> list[dict]:
    page.goto(f"/{lang}/q/")
    links = page.locator("main .rows h2 a").evaluate_all("all => all.map(one => one.href)")
    found: list[dict] = []
    for address in dict.fromkeys(links):
        page.goto(address)
        found += page.locator("figure.snippet").evaluate_all(SHOWN)
    return found


@pytest.mark.skipif(not ARCHIVE.exists(), reason=f"the archive page is not at {ARCHIVE}")
def test_curator_tells_of_every_snippet_and_the_site_survives_a_wipe(
    live_site, worker, curator, tmp_path: Path
):
    with launched() as browser:
        window = Visit(browser, live_site, viewport={"width": 1280, "height": 900})
        page = window.page
        sign_in(page, curator.username)
        import_archive(page)
        grey = verify_everything(page)
        accept_what_is_printed(page, "zh")
        # In one language and the other by turns.
        told = [say_why(page, ("zh", "en")[at % 2], queue) for at, queue in enumerate(RED)]
        counts = {}
        for lang in ("zh", "en"):
            page.goto(f"/{lang}/desk/")
            cards = page.locator(".queues").first.locator(".count")
            counts[lang] = set(cards.all_inner_texts())
            window.screenshot(f"from-grey-{lang}")
        shown = {lang: shown_to_readers(page, lang) for lang in ("zh", "en")}
        complaints = window.complaints
        window.close()

    assert grey == 50
    assert sum(told) > 0
    assert counts == {"zh": {"0"}, "en": {"0"}}
    for snippets in shown.values():
        assert snippets
        assert [one for one in snippets if one["tone"] != "ok" and not one["why"]] == []
    assert complaints == []

    before = everything()
    call_command("export", str(tmp_path / "out"), verbosity=0)
    wipe()
    call_command("restore", str(tmp_path / "out"), verbosity=0)
    assert everything() == before
