"""A run is watched by its events, from wherever a program left off."""

from collections.abc import Callable
from typing import Any

import pytest
import redis
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.test import AsyncClient

from kb.people.tokens import Scope
from snippets import streams
from snippets.models import Run
from tests.kb.api.conftest import Program

pytestmark = pytest.mark.django_db(transaction=True)
RUN = {"runtime": "torch-2.13", "code": "print(1)"}


@pytest.fixture
def run(program_of: Callable[..., Program], owner: User, broker: redis.Redis) -> Run:
    """A run that printed twice and is over."""
    asked = program_of(owner, Scope.RUN).send("/runs", RUN)
    found = Run.objects.get(public_id=asked.json()["id"])
    publisher = streams.Publisher(found.public_id, attempt=1)
    publisher.started()
    for text in ("one\n", "two\n"):
        publisher.output("stdout", text)
        publisher.flush()
    Run.objects.update(status="finished", verdict="ok", attempts=1)
    publisher.done()
    return found


@async_to_sync
async def heard(run: Run, **headers: str) -> tuple[Any, list[str]]:
    response = await AsyncClient().get(f"/api/v1/runs/{run.public_id}/events", headers=headers)
    text = b"".join([part async for part in response.streaming_content]).decode()
    return response, [line for line in text.splitlines() if line.startswith(("event:", "id:"))]


def test_events_come_in_order_and_end(run: Run):
    response, lines = heard(run)

    assert response.headers["Content-Type"] == "text/event-stream"
    assert response.headers["X-Accel-Buffering"] == "no"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    events = [line.removeprefix("event: ") for line in lines if line.startswith("event")]
    assert events == ["started", "output", "output", "done"]


def test_stream_goes_on_where_it_was_left(run: Run):
    _, lines = heard(run)
    first_output = [line.removeprefix("id: ") for line in lines if line.startswith("id")][1]

    _, rest = heard(run, **{"Last-Event-ID": first_output})

    events = [line.removeprefix("event: ") for line in rest if line.startswith("event")]
    assert events == ["output", "done"]


def test_wrong_language_is_a_problem(run: Run):
    response = async_to_sync(AsyncClient().get)(f"/api/v1/runs/{run.public_id}/events?lang=fr")

    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"
