"""A run has one worker at a time, and an earlier one cannot finish it any more."""

import threading

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from sandbox import Limits, Result, Verdict
from snippets import execution, services
from snippets.models import Run
from snippets.querysets import HEARTBEAT_LOST
from snippets.watching import ClaimLost, Watch

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def queued() -> Run:
    return Run.objects.create(runtime="torch-2.13", code="print(1)")


def lose_heartbeat() -> None:
    Run.objects.update(heartbeat_at=timezone.now() - 2 * HEARTBEAT_LOST)


def test_two_workers_at_once_get_one_claim(queued: Run) -> None:
    claims: list[Run | None] = []
    start = threading.Barrier(2)

    def claim() -> None:
        start.wait()
        claims.append(execution.claim_run(public_id=queued.public_id))
        connection.close()

    threads = [threading.Thread(target=claim) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([run for run in claims if run is not None]) == 1


def test_late_result_of_a_lost_claim_is_dropped(queued: Run) -> None:
    lost = execution.claim_run(public_id=queued.public_id)
    lose_heartbeat()
    held = execution.claim_run(public_id=queued.public_id)
    assert lost is not None
    assert held is not None

    for run, verdict in ((held, Verdict.OK), (lost, Verdict.ERROR)):
        result = Result(verdict=verdict)
        execution._finish(run, Watch(run), status=Run.Status.FINISHED, result=result)

    queued.refresh_from_db()
    assert (queued.verdict, queued.attempts) == ("ok", 2)


@pytest.mark.jail
def test_code_does_not_run_again_where_a_worker_died_before_it_wrote_the_end_down(
    sandbox_service: str,
) -> None:
    code = "import os\nprint(os.urandom(8).hex())"
    queued = Run.objects.create(runtime="torch-2.13", code=code, limits=Limits().as_dict())
    claimed = execution.claim_run(public_id=queued.public_id)
    assert claimed is not None
    seen = execution._executed(claimed, Watch(claimed))
    lose_heartbeat()

    execution.execute_run(public_id=queued.public_id, watching=Watch)

    queued.refresh_from_db()
    assert (queued.verdict, queued.attempts) == ("ok", 2)
    assert queued.output == [{"stream": "stdout", "text": seen.stdout}]


def test_worker_that_lost_its_claim_notices_at_its_heartbeat(queued: Run) -> None:
    lost = execution.claim_run(public_id=queued.public_id)
    assert lost is not None
    watch = Watch(lost)
    watch._beaten_at -= 60
    lose_heartbeat()
    execution.claim_run(public_id=queued.public_id)

    with pytest.raises(ClaimLost):
        watch.is_cancelled()


def test_run_that_killed_three_workers_is_given_up(queued: Run) -> None:
    for _ in range(services.MAX_ATTEMPTS):
        assert execution.claim_run(public_id=queued.public_id) is not None
        lose_heartbeat()

    services.sweep_runs()

    queued.refresh_from_db()
    assert (queued.status, queued.verdict) == ("finished", "internal")
    assert "died 3 times" in queued.reason


def test_run_waits_while_the_sandbox_is_away_but_not_for_ever(
    queued: Run, settings: Settings
) -> None:
    settings.SANDBOX_SOCKET = "/nonexistent/sandbox.sock"
    for _ in range(services.MAX_ATTEMPTS + 1):
        with pytest.raises(execution.RunPostponed):
            execution.execute_run(public_id=queued.public_id, watching=Watch)
    Run.objects.update(queued_at=timezone.now() - 2 * execution.AWAY_TOO_LONG)

    execution.execute_run(public_id=queued.public_id, watching=Watch)

    queued.refresh_from_db()
    assert (queued.status, queued.verdict) == ("finished", "internal")
    assert "does not answer" in queued.reason


def test_finished_run_cannot_be_claimed(queued: Run) -> None:
    Run.objects.update(status=Run.Status.FINISHED)

    assert execution.claim_run(public_id=queued.public_id) is None
