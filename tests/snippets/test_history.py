"""Since when a snippet works or fails can be answered."""

import datetime
from collections.abc import Iterator

import pytest
import time_machine
from django.utils import translation

from snippets.history import spells_of, tell_turns
from snippets.models import Run, Snippet, Verification
from snippets.services import find_or_make_snippet

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def judged(
    snippet: Snippet, day: int, runtime: str, outcome: str, version: str, **more: str
) -> None:
    with time_machine.travel(datetime.datetime(2026, 1, day, tzinfo=datetime.UTC)):
        packages = {"packages": {"torch": version}}
        run = Run.objects.create(runtime=runtime, code="x", environment=packages)
        Verification.objects.filter(snippet=snippet).update(is_current=False)
        Verification.objects.create(
            snippet=snippet, runtime=runtime, key="k", outcome=outcome, run=run, **more
        )


def test_equal_judgements_are_one_spell_and_a_change_begins_another() -> None:
    snippet = find_or_make_snippet(code="torch.load(p)")
    for day, outcome, version in [
        (1, "runs", "2.5.1"),
        (2, "runs", "2.5.1"),
        (3, "fails", "2.6.0"),
    ]:
        judged(snippet, day, "torch", outcome, version)

    fails, runs = spells_of(snippet.pk)

    assert (runs.outcome, runs.packages, runs.first_at.day, runs.last_at.day) == (
        "runs", "torch 2.5.1", 1, 2,
    )  # fmt: skip
    assert (fails.outcome, fails.packages, fails.first_at.day) == ("fails", "torch 2.6.0", 3)


def test_version_in_which_it_broke_is_told_across_runtimes_that_are_gone() -> None:
    snippet = find_or_make_snippet(code="torch.load(p)")
    judged(snippet, 1, "torch-2.5", "runs", "2.5.0")
    judged(snippet, 2, "torch-2.5", "runs", "2.5.1")
    judged(snippet, 3, "torch-2.6", "fails", "2.6.0", reason_code="weights-only")

    assert tell_turns(spells_of(snippet.pk)) == [
        "Works on torch 2.5.1, fails since torch 2.6.0: "
        "torch.load refuses whole objects since PyTorch 2.6"
    ]


def test_version_in_which_it_broke_is_told_within_a_runtime() -> None:
    snippet = find_or_make_snippet(code="torch.load(p)")
    judged(snippet, 1, "torch", "runs", "2.5.1")
    judged(snippet, 2, "torch", "differs", "2.6.0")

    assert tell_turns(spells_of(snippet.pk)) == [
        "Works on torch 2.5.1, fails since torch 2.6.0: differs"
    ]


def test_what_works_again_or_broke_with_the_same_packages_tells_of_no_version() -> None:
    mended = find_or_make_snippet(code="a")
    judged(mended, 1, "torch", "fails", "2.5.1")
    judged(mended, 2, "torch", "runs", "2.6.0")
    shaky = find_or_make_snippet(code="b")
    judged(shaky, 1, "torch", "runs", "2.5.1")
    judged(shaky, 2, "torch", "flaky", "2.5.1")

    assert [tell_turns(spells_of(one.pk)) for one in (mended, shaky)] == [[], []]


def test_waiting_is_no_judgement() -> None:
    snippet = find_or_make_snippet(code="print(1)")
    Verification.objects.create(snippet=snippet, runtime="r", key="", outcome="waiting")

    assert spells_of(snippet.pk) == []
