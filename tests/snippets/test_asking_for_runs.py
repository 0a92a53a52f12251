"""What a reader may ask for, and how often."""

from collections.abc import Callable
from http import HTTPStatus

import pytest
import redis
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from snippets.models import Run
from snippets.services import find_or_make_snippet

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}
VALUES = {"runtime": "torch-2.13", "code": "print(1)"}


def test_run_is_committed_and_announced_to_the_workers(
    client: Client, broker: redis.Redis, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/en/runs/", VALUES, headers=JSON)

    run = Run.objects.get()
    assert answer.status_code == HTTPStatus.ACCEPTED
    assert answer.json()["url"] == f"/en/runs/{run.public_id}"
    assert broker.llen("cpu") == 1


def test_run_of_a_fragment_starts_with_its_setup(client: Client, broker: redis.Redis) -> None:
    snippet = find_or_make_snippet(code="print(x)", setup="x = 1")

    client.post("/en/runs/", {**VALUES, "snippet": snippet.pk, "code": "print(x + 1)"})

    run = Run.objects.get()
    assert (run.setup, run.code, run.snippet) == ("x = 1", "print(x + 1)", snippet)


def test_snippet_without_code_means_its_own(client: Client, broker: redis.Redis) -> None:
    snippet = find_or_make_snippet(code="print(7)")

    client.post("/en/runs/", {"snippet": snippet.pk, "runtime": "torch-2.13"})

    assert Run.objects.get().code == "print(7)"


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"code": "print(1)"},
        {"runtime": "torch-2.13", "code": "  \n"},
        {"runtime": "cobol-85", "code": "print(1)"},
        {"runtime": "torch-2.13", "code": "print(1)", "snippet": "99999"},
        {"runtime": "torch-2.13", "code": "print(1)", "snippet": "one"},
        {"runtime": "torch-2.13", "code": "x" * 70_000},
        {"runtime": "torch-2.13", "code": "print('\0')"},
    ],
)
def test_what_cannot_be_run_is_refused_with_a_message(
    client: Client, broker: redis.Redis, values: dict[str, str]
) -> None:
    as_json = client.post("/en/runs/", values, headers=JSON)
    as_page = client.post("/zh/runs/", values)

    assert as_json.status_code == as_page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert as_json.json()["error"]
    assert not Run.objects.exists()


def test_too_many_runs_are_refused_with_a_countdown(
    client: Client, broker: redis.Redis, settings: Settings
) -> None:
    settings.RUNS_PER_MINUTE_ANONYMOUS = 2
    client.post("/en/runs/", VALUES)
    client.post("/en/runs/", VALUES)

    answer = client.post("/en/runs/", VALUES, headers=JSON)
    page = client.post("/en/runs/", VALUES)

    assert answer.status_code == page.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert answer.json()["retry_after_seconds"] == int(answer.headers["Retry-After"])
    assert b"Try again in" in page.content
    assert Run.objects.count() == 2


def test_reader_without_a_session_is_limited_by_address(
    broker: redis.Redis, settings: Settings
) -> None:
    settings.RUNS_PER_MINUTE_ANONYMOUS = 1

    statuses = [Client().post("/en/runs/", VALUES).status_code for _ in range(6)]

    assert statuses == [HTTPStatus.SEE_OTHER] * 5 + [HTTPStatus.TOO_MANY_REQUESTS]


def test_curators_have_larger_limits_and_no_countdown(
    curator: User,
    client_of: Callable[[User], Client],
    client: Client,
    broker: redis.Redis,
    settings: Settings,
) -> None:
    settings.RUNS_PER_MINUTE_ANONYMOUS = 1
    browser = client_of(curator)

    statuses = {browser.post("/en/runs/", VALUES).status_code for _ in range(3)}
    client.post("/en/runs/", VALUES)

    theirs, anonymous = Run.objects.earliest("pk"), Run.objects.latest("pk")
    assert statuses == {HTTPStatus.SEE_OTHER}
    assert theirs.limits["wall_seconds"] > anonymous.limits["wall_seconds"]


def test_form_from_another_site_is_refused() -> None:
    browser = Client(enforce_csrf_checks=True)

    assert browser.post("/en/runs/", VALUES).status_code == HTTPStatus.FORBIDDEN
