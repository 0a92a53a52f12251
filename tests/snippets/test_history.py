"""Since when a snippet works or fails can be answered."""

import datetime

import pytest
import time_machine

from snippets.history import spells_of
from snippets.models import Run, Verification
from snippets.services import find_or_make_snippet

pytestmark = pytest.mark.django_db


def test_equal_judgements_are_one_spell_and_a_change_begins_another() -> None:
    snippet = find_or_make_snippet(code="torch.load(p)")
    history = [(1, "runs", "2.5.1"), (2, "runs", "2.5.1"), (3, "fails", "2.6.0")]
    for day, outcome, version in history:
        with time_machine.travel(datetime.datetime(2026, 1, day, tzinfo=datetime.UTC)):
            run = Run.objects.create(
                runtime="torch", code="x", environment={"packages": {"torch": version}}
            )
            Verification.objects.filter(snippet=snippet).update(is_current=False)
            Verification.objects.create(
                snippet=snippet, runtime="torch", key="k", outcome=outcome, run=run
            )

    fails, runs = spells_of(snippet.pk)

    assert (runs.outcome, runs.packages, runs.first_at.day, runs.last_at.day) == (
        "runs", "torch 2.5.1", 1, 2,
    )  # fmt: skip
    assert (fails.outcome, fails.packages, fails.first_at.day) == ("fails", "torch 2.6.0", 3)


def test_waiting_is_no_judgement() -> None:
    snippet = find_or_make_snippet(code="print(1)")
    Verification.objects.create(snippet=snippet, runtime="r", key="", outcome="waiting")

    assert spells_of(snippet.pk) == []
