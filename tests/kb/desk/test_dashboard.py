"""The dashboard's figures are those of the database, drawn and as tables, in few queries."""

import datetime
import itertools
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from kb.desk import charts, figures
from kb.models import Report, Tag
from snippets.models import Batch, Run, Snippet, Verification

Shown = Callable[..., Snippet]
Judged = Callable[..., Verification]


@pytest.fixture(autouse=True)
def _no_earlier_trend() -> None:
    cache.clear()


def aged(one: Verification, days: int) -> None:
    then = timezone.now() - datetime.timedelta(days=days)
    Verification.objects.filter(pk=one.pk).update(checked_at=then)


@pytest.mark.django_db
def test_share_of_a_tag_counts_each_snippet_once_by_its_best_runtime(shown: Shown, judged: Judged):
    tag = Tag.objects.create(slug="keras", name_zh="Keras", name_en="Keras")
    works, fails, unknown = (shown(code) for code in "abc")
    for snippet in (works, fails, unknown):
        snippet.placements.get().post.article.tags.add(tag)
    works.placements.create(post=works.placements.get().post, position=1)
    judged(works, "runs", "tf-2.15")
    judged(works, "fails", "tf-2.21")
    judged(fails, "differs", "tf-2.21")
    judged(unknown, "waiting", "tf-2.21")

    share, = figures.shares_by_tag()  # fmt: skip

    assert (share.name, share.green, share.red, share.open, share.percent) == ("keras", 1, 1, 1, 33)


@pytest.mark.django_db
def test_share_of_a_runtime_counts_its_current_cells(shown: Shown, judged: Judged):
    one, other, hidden = (shown(code) for code in "abc")
    judged(one, "fails")
    judged(one, "verified")
    judged(other, "stale")
    judged(hidden, "verified")
    hidden.placements.all().delete()

    share, = figures.shares_by_runtime()  # fmt: skip

    assert (share.name, share.green, share.red, share.open) == ("torch-2.13", 1, 0, 1)


@pytest.mark.django_db
def test_trend_says_what_worked_at_the_end_of_each_day(shown: Shown, judged: Judged):
    snippet, other = shown("a"), shown("b")
    aged(judged(snippet, "verified"), 60)
    aged(judged(other, "fails"), 10)
    aged(judged(snippet, "fails"), 5)
    aged(judged(snippet, "stale", last_outcome="runs"), 2)
    judged(other, "waiting", "tf-2.15")

    found = figures.trend()

    worked = dict(
        zip(reversed(range(30)), zip(found.green, found.judged, strict=True), strict=True)
    )
    assert [worked[days] for days in (29, 11, 10, 6, 5, 3, 2, 0)] == [
        (1, 1), (1, 1), (1, 2), (1, 2), (0, 2), (0, 2), (1, 2), (1, 2),
    ]  # fmt: skip


@pytest.mark.django_db
def test_trend_of_an_empty_site_has_nothing_to_draw(curator_client: Client):
    assert set(figures.trend().shares) == {None}
    assert "Nothing was verified yet." in curator_client.get("/en/desk/dashboard").content.decode()


@pytest.mark.django_db
def test_runs_are_counted_by_the_hour_and_what_for():
    now = timezone.now().replace(minute=30)
    for hours, purpose in ((0, "reader"), (0, "verification"), (3, "reader"), (30, "reader")):
        run = Run.objects.create(runtime="r", code="1", purpose=purpose)
        Run.objects.filter(pk=run.pk).update(queued_at=now - datetime.timedelta(hours=hours))

    counts = [dict(found) for _hour, found in figures.runs_by_hour(now)]

    assert len(counts) == 24
    assert counts[-1] == {"reader": 1, "verification": 1}
    assert counts[-4] == {"reader": 1}
    assert sum(sum(found.values()) for found in counts) == 3


@pytest.mark.django_db
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_page_draws_and_tells_everything(
    curator_client: Client, shown: Shown, judged: Judged, lang: str, django_assert_max_num_queries
):
    tag = Tag.objects.create(slug="keras", name_zh="深度库", name_en="Keras")
    for number in range(20):
        snippet = shown(f"print({number})")
        snippet.placements.get().post.article.tags.add(tag)
        aged(judged(snippet, "verified" if number % 2 else "fails"), number)
    post = snippet.placements.get().post
    Report.objects.create(post=post, kind="outdated", language="en")
    Batch.objects.create(state="stopped")

    with django_assert_max_num_queries(18):
        page = curator_client.get(f"/{lang}/desk/dashboard").content.decode()

    assert page.count('<svg class="chart"') == 2
    assert page.count('class="sharebar"') == 2
    assert ("深度库" if lang == "zh" else "Keras") in page
    assert "50 %" in page
    assert f"/{lang}/desk/batches/" in page
    assert "style=" not in page


@given(st.lists(st.integers(0, 10**6), max_size=6))
def test_parts_of_a_bar_fill_it_and_never_overlap(counts: list[int]):
    parts = [charts.Part(count=count, tone="ok", label="x") for count in counts]

    bars = charts.share_bar(parts)

    assert all(bar.width >= 0 for bar in bars)
    assert sum(bar.width for bar in bars) == pytest.approx(100 if sum(counts) else 0, abs=0.05)
    for one, following in itertools.pairwise(bars):
        assert following.x == pytest.approx(one.x + one.width, abs=0.02)


@given(st.lists(st.lists(st.integers(0, 10**5), min_size=2, max_size=2), max_size=30))
def test_columns_stay_within_the_chart(stacks: list[list[int]]):
    parts = [
        [charts.Part(count=count, tone="ok", label="x") for count in stack] for stack in stacks
    ]

    chart = charts.columns(parts, [str(number) for number in range(len(stacks))])

    for bar in chart.bars:
        assert (
            charts.TOP - 0.05 <= bar.y <= bar.y + bar.height <= chart.height - charts.BOTTOM + 0.05
        )
        assert charts.LEFT <= bar.x <= bar.x + bar.width <= chart.right + charts.RIGHT
