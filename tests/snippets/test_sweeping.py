"""No run waits for ever, and old ones go except what a page shows."""

import datetime

import pytest
import redis
from django.utils import timezone

from snippets import services
from snippets.models import Run, Snippet, Verification

pytestmark = pytest.mark.django_db


def made_before(**ago: int) -> Run:
    run = Run.objects.create(runtime="torch-2.13", code="1")
    then = timezone.now() - datetime.timedelta(**ago)
    Run.objects.filter(pk=run.pk).update(queued_at=then, enqueued_at=then)
    return run


def test_run_that_the_broker_forgot_is_announced_again(broker: redis.Redis) -> None:
    made_before(minutes=2)
    made_before(seconds=1)

    told = services.sweep_runs()

    assert told == {"told": 1, "given_up": 0}
    assert broker.llen("cpu") == 1


def test_run_that_nobody_took_for_hours_is_given_up_with_a_reason(broker: redis.Redis) -> None:
    run = made_before(hours=2)

    services.sweep_runs()

    run.refresh_from_db()
    assert (run.status, run.verdict) == ("finished", "internal")
    assert "no worker took it" in run.reason


def test_old_runs_go_except_what_a_current_verification_shows() -> None:
    shown, old, new = made_before(days=90), made_before(days=90), made_before(days=1)
    snippet = Snippet.objects.create(digest="d", code="1")
    Verification.objects.create(
        snippet=snippet, runtime="torch-2.13", key="k", outcome="runs", run=shown
    )

    services.delete_old_runs()

    assert set(Run.objects.all()) == {shown, new}
    assert not Run.objects.filter(pk=old.pk).exists()
