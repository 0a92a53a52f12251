"""Reads are limited generously, by token or address; a broker that is away limits nobody."""

from collections.abc import Callable
from typing import Any

import pytest
import redis
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from kb.people.tokens import Scope

pytestmark = pytest.mark.django_db
AssertProblem = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def _few(settings: Settings, _patient: None) -> None:
    settings.API_READS_PER_MINUTE = 2


def read(times: int, program: Any, path: str = "/tags") -> list[int]:
    return [program.get(path).status_code for _ in range(times)]


def test_beyond_the_limit_comes_429_with_when_to_come_back(
    program: Any, broker: redis.Redis, assert_problem: AssertProblem
):
    assert read(2, program) == [200, 200]

    refused = program.get("/snippets")

    problem = assert_problem(refused, 429)
    assert problem["code"] == "too-many"
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert "Retry-After" in refused["Access-Control-Expose-Headers"]


def test_what_was_not_changed_counts_too(program: Any, broker: redis.Redis):
    etag = program.get("/tags")["ETag"]

    again = [program.get("/tags", headers={"If-None-Match": etag}).status_code for _ in range(2)]

    assert again == [304, 429]


def test_each_address_and_each_user_has_their_own(
    program: Any,
    program_of: Callable[..., Any],
    owner: User,
    outsider: User,
    broker: redis.Redis,
):
    assert read(3, program) == [200, 200, 429]

    elsewhere = Client(REMOTE_ADDR="192.0.2.7").get("/api/v1/tags")

    assert elsewhere.status_code == 200
    assert read(3, program_of(owner, Scope.RUN)) == [200, 200, 429]
    assert read(1, program_of(owner, Scope.SUGGEST)) == [429]
    assert read(2, program_of(outsider, Scope.RUN)) == [200, 200]


def test_made_up_token_is_limited_as_its_address(program: Any, broker: redis.Redis):
    headers = [{"Authorization": f"Bearer zhiyan_{number}"} for number in range(3)]

    statuses = [program.get("/tags", headers=one).status_code for one in headers]

    assert statuses == [200, 200, 429]


def test_broker_that_is_away_limits_nobody(program: Any, settings: Settings):
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"

    assert read(4, program) == [200] * 4
