"""When too much turns red at once, the batch stops, nothing shows red, and a curator is asked."""

import dataclasses

import pytest
from pytest_django import Settings

from snippets import batches, checking, limits
from snippets.models import Batch, Verification
from snippets.services import find_or_make_snippet

pytestmark = pytest.mark.django_db


def check(batch: Batch, number: int, outcome: str) -> Verification:
    """Check a snippet that was verified before, as a worker does."""
    snippet = find_or_make_snippet(code=f"print({number})")
    before = Verification.objects.create(
        snippet=snippet, runtime="r", key="k", outcome="verified", is_current=False
    )
    after = Verification.objects.create(
        snippet=snippet, runtime="r", key="k", outcome=outcome, batch=batch
    )
    batches.count_check(batch_id=batch.pk, before=before, after=after)
    return after


def outcomes() -> list[str]:
    current = Verification.objects.current().order_by("snippet_id")
    return list(current.values_list("outcome", flat=True))


@pytest.fixture
def stopped() -> Batch:
    batch = Batch.objects.create(total=10)
    for number, outcome in enumerate(["runs", "runs", "runs", "fails", "fails"]):
        check(batch, number, outcome)
    batch.refresh_from_db()
    return batch


def test_batch_with_few_reds_goes_on() -> None:
    batch = Batch.objects.create(total=10)

    for number in range(9):
        check(batch, number, "fails" if number == 8 else "verified")

    batch.refresh_from_db()
    assert (batch.state, batch.turned_red, batch.were_green) == ("running", 1, 9)


def test_batch_with_many_reds_stops_and_puts_them_aside(stopped: Batch) -> None:
    assert stopped.state == "stopped"
    assert outcomes() == ["runs", "runs", "runs", "stale", "stale"]
    assert batches.must_wait()


def test_share_is_the_operators_to_set(settings: Settings) -> None:
    settings.BATCH_RED_SHARE = 0.5
    batch = Batch.objects.create(total=10)

    for number, outcome in enumerate(["runs", "runs", "runs", "fails", "fails"]):
        check(batch, number, outcome)

    batch.refresh_from_db()
    assert batch.state == "running"


@pytest.mark.jail
def test_batch_of_real_checks_stops_when_all_of_it_fails_at_once(
    sandbox_service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check_all(batch: Batch) -> None:
        for snippet in snippets:
            checking.check_again(
                snippet_id=snippet.pk, runtime_name="torch-2.13", batch_id=batch.pk
            )
        batch.refresh_from_db()

    naps = [f"import time\ntime.sleep(0.4)\nprint({number})" for number in range(6)]
    snippets = [find_or_make_snippet(code=code) for code in naps]
    good, bad = Batch.objects.create(total=6), Batch.objects.create(total=6)

    check_all(good)
    short = dataclasses.replace(limits.VERIFICATION, wall_seconds=0.1)
    monkeypatch.setattr(limits, "VERIFICATION", short)
    check_all(bad)

    assert (good.state, good.done) == ("running", 6)
    # The fifth stops it, and the sixth is not tried any more.
    assert (bad.state, bad.done, bad.turned_red) == ("stopped", 5, 5)
    assert outcomes() == ["stale"] * 5 + ["runs"]
    assert not Verification.objects.changes().exists()


def test_reds_of_a_stopped_batch_are_no_news(stopped: Batch) -> None:
    stopped.verifications.filter(outcome="fails").update(change="broke")

    assert not Verification.objects.changes().exists()


def test_accepted_reds_count(stopped: Batch) -> None:
    assert batches.accept_batch(batch_id=stopped.pk) == 2

    assert outcomes() == ["runs", "runs", "runs", "fails", "fails"]
    assert not batches.must_wait()


def test_discarded_reds_are_forgotten(stopped: Batch) -> None:
    assert batches.discard_batch(batch_id=stopped.pk) == 2

    assert outcomes() == ["runs", "runs", "runs", "stale", "stale"]
    assert not Verification.objects.filter(outcome="fails").exists()


def test_batch_that_goes_on_has_nothing_to_answer() -> None:
    batch = Batch.objects.create(total=1)

    with pytest.raises(batches.NotStopped, match="has not stopped"):
        batches.accept_batch(batch_id=batch.pk)


def test_check_that_could_not_be_tried_is_no_red() -> None:
    batch = Batch.objects.create(total=1)
    snippet = find_or_make_snippet(code="print(1)")
    before = Verification.objects.create(snippet=snippet, runtime="r", key="k", outcome="runs")

    batches.count_check(batch_id=batch.pk, before=before, after=None)

    batch.refresh_from_db()
    assert (batch.done, batch.turned_red) == (1, 0)
