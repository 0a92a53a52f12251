"""A curation is tried on every runtime before it is saved, and changes nothing until then."""

from collections.abc import Callable
from typing import Any

import pytest
import redis
from django.contrib.auth.models import User
from pytest_django import Settings

from sandbox import runtime
from snippets import trying
from snippets.curating import Curated
from snippets.models import Run, Snippet, Trial, TrialCell, Verification
from snippets.services import find_or_make_snippet

pytestmark = [pytest.mark.django_db]
Try = Callable[..., TrialCell]


@pytest.fixture
def fragment(db: None) -> Snippet:
    return find_or_make_snippet(code="import torch\nprint(rows + 1)", claim="3")


@pytest.fixture
def try_it(curator: User, broker: redis.Redis) -> Try:
    """Try a curation and do a worker's part for torch; return the cell."""

    def do(snippet: Snippet, *, is_correction: bool = False, **values: Any) -> TrialCell:
        curated = Curated(digest=snippet.digest, **values)
        trial = trying.request_trial(snippet=snippet, curated=curated, user=curator)
        cell = trial.cells.get(runtime="torch-2.13", is_correction=is_correction)
        trying.try_cell(cell_id=cell.pk)
        cell.refresh_from_db()
        return cell

    return do


def test_trial_waits_on_every_runtime_that_fits(
    fragment: Snippet, curator: User, broker: redis.Redis
) -> None:
    curated = Curated(digest=fragment.digest, suggestion="import torch\nprint(3)")

    trial = trying.request_trial(snippet=fragment, curated=curated, user=curator)

    cells = set(trial.cells.values_list("runtime", "is_correction"))
    assert cells == {("torch-2.13", False), ("torch-2.13", True)}
    assert not trying.is_over(trial)


@pytest.mark.jail
def test_trial_says_what_the_outcome_would_be_and_changes_nothing(
    fragment: Snippet, try_it: Try, sandbox_service: str
) -> None:
    cell = try_it(fragment, setup="rows = 2")

    fragment.refresh_from_db()
    assert (cell.state, cell.outcome, cell.setup_origin) == ("done", "verified", "curated")
    assert cell.run is not None
    assert (cell.run.stdout, cell.run.purpose) == ("3\n", Run.Purpose.TRIAL)
    assert fragment.curated_setup == ""
    assert not Verification.objects.filter(run__purpose=Run.Purpose.TRIAL).exists()
    assert trying.is_over(cell.trial)


@pytest.mark.jail
def test_correction_is_tried_beside_the_authors_code(
    fragment: Snippet, try_it: Try, sandbox_service: str
) -> None:
    cell = try_it(fragment, is_correction=True, suggestion="import torch\nprint(3)")

    assert (cell.outcome, cell.run and cell.run.code) == ("verified", "import torch\nprint(3)")
    assert Snippet.objects.count() == 1


@pytest.mark.jail
def test_cell_that_is_over_is_not_run_again(
    fragment: Snippet, try_it: Try, sandbox_service: str
) -> None:
    cell = try_it(fragment, setup="rows = 2")
    runs = Run.objects.count()

    trying.try_cell(cell_id=cell.pk)

    assert Run.objects.count() == runs


def test_sandbox_that_does_not_answer_is_told_on_the_cell(
    fragment: Snippet, try_it: Try, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.SANDBOX_SOCKET = "/nowhere/sandbox.sock"
    monkeypatch.setattr("snippets.executors.NO_SERVICE_SECONDS", 0.0)

    cell = try_it(fragment, setup="rows = 2")

    assert cell.state == TrialCell.State.FAILED
    assert cell.reason


def test_runtime_that_is_not_built_says_how_to_build_it(
    curator: User, broker: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.runtime.Runtime.is_built", property(lambda _: False))
    snippet = find_or_make_snippet(code="import torch")

    trial = trying.request_trial(
        snippet=snippet, curated=Curated(digest=snippet.digest), user=curator
    )

    cell = trial.cells.get(runtime="torch-2.13")
    assert (cell.is_over, cell.outcome) == (True, "skipped")
    assert "python -m sandbox build torch-2.13" in cell.reason


@pytest.mark.jail
def test_trial_runs_through_a_worker(
    fragment: Snippet,
    curator: User,
    broker: redis.Redis,
    worker: object,
    wait_until: Callable[..., None],
    transactional_db: None,
) -> None:
    trial = trying.request_trial(
        snippet=fragment,
        curated=Curated(digest=fragment.digest, setup="rows = 2"),
        user=curator,
    )

    wait_until(lambda: trying.is_over(Trial.objects.get(pk=trial.pk)))

    assert runtime.load("torch-2.13").is_built
    assert trial.cells.get(runtime="torch-2.13").outcome == "verified"


def test_cancelled_trial_is_over_and_no_worker_begins_it(
    fragment: Snippet, curator: User, broker: redis.Redis
) -> None:
    trial = trying.request_trial(
        snippet=fragment, curated=Curated(digest=fragment.digest), user=curator
    )

    count = trying.cancel_trial(trial=trial, user=curator)
    cell = trial.cells.get()
    trying.try_cell(cell_id=cell.pk)

    cell.refresh_from_db()
    assert (count, cell.state, cell.outcome) == (1, TrialCell.State.CANCELLED, "")
    assert trying.is_over(trial)
    assert Run.objects.count() == 0


def test_trial_that_is_over_stays_as_it_was(
    fragment: Snippet, curator: User, broker: redis.Redis
) -> None:
    trial = trying.request_trial(
        snippet=fragment, curated=Curated(digest=fragment.digest), user=curator
    )
    trial.cells.update(state=TrialCell.State.DONE)

    assert trying.cancel_trial(trial=trial, user=curator) == 0
    assert trial.cells.get().state == TrialCell.State.DONE


@pytest.mark.jail
def test_cancelling_stops_the_run_that_goes_on(
    curator: User,
    broker: redis.Redis,
    worker: object,
    wait_until: Callable[..., None],
    transactional_db: None,
) -> None:
    snippet = find_or_make_snippet(code="import torch\nwhile True:\n    pass")
    trial = trying.request_trial(
        snippet=snippet, curated=Curated(digest=snippet.digest), user=curator
    )
    wait_until(lambda: Run.objects.filter(status=Run.Status.RUNNING).exists())

    trying.cancel_trial(trial=trial, user=curator)
    wait_until(lambda: not Run.objects.unfinished().exists())

    assert Run.objects.get().status == Run.Status.CANCELLED
    assert trial.cells.get().state == TrialCell.State.CANCELLED
