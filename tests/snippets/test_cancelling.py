"""A run is cancelled by who asked for it, at every stage of its life."""

from collections.abc import Callable
from http import HTTPStatus

import pytest
import redis
from django.contrib.auth.models import User
from django.test import Client

from snippets import execution
from snippets.models import Run

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


def ask(client: Client) -> Run:
    values = {"runtime": "torch-2.13", "code": "while True: pass"}
    answer = client.post("/en/runs/", values, headers={"Accept": "application/json"})
    return Run.objects.get(public_id=answer.json()["id"])


def cancel(client: Client, run: Run) -> int:
    return client.post(f"/en/runs/{run.public_id}/cancel").status_code


def test_queued_run_is_cancelled_at_once(client: Client, broker: redis.Redis) -> None:
    run = ask(client)

    status = cancel(client, run)

    run.refresh_from_db()
    assert status == HTTPStatus.SEE_OTHER
    assert run.status == Run.Status.CANCELLED
    assert execution.claim_run(public_id=run.public_id) is None


def test_worker_of_a_running_run_is_asked_to_stop(client: Client, broker: redis.Redis) -> None:
    run = ask(client)
    execution.claim_run(public_id=run.public_id)

    cancel(client, run)

    run.refresh_from_db()
    assert (run.status, run.cancel_requested) == (Run.Status.RUNNING, True)
    assert broker.exists(f"run:{run.public_id}:cancel")


def test_run_that_is_over_stays_as_it_was(client: Client, broker: redis.Redis) -> None:
    run = ask(client)
    Run.objects.update(status=Run.Status.FINISHED, verdict="ok")

    cancel(client, run)

    run.refresh_from_db()
    assert run.status == Run.Status.FINISHED


def test_outsider_cannot_cancel_run(
    owner: User, outsider: User, client_of: ClientOf, broker: redis.Redis
) -> None:
    run = ask(client_of(owner))

    statuses = [cancel(client_of(outsider), run), cancel(Client(), run)]

    run.refresh_from_db()
    assert statuses == [HTTPStatus.FORBIDDEN, HTTPStatus.FORBIDDEN]
    assert run.status == Run.Status.QUEUED


def test_another_anonymous_reader_cannot_cancel_run(client: Client, broker: redis.Redis) -> None:
    run = ask(client)
    stranger = Client()
    ask(stranger)

    assert cancel(stranger, run) == HTTPStatus.FORBIDDEN


def test_curator_cancels_anybodys_run(
    client: Client, curator: User, client_of: ClientOf, broker: redis.Redis
) -> None:
    run = ask(client)

    cancel(client_of(curator), run)

    run.refresh_from_db()
    assert run.status == Run.Status.CANCELLED
