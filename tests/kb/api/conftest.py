"""Programs that call the API, each with a token of the cast's."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from kb.people.tokens import Scope, make_token

PROBLEM = "application/problem+json"


class Program:
    """Calls the API below /api/v1 and reads JSON, as any client does."""

    def __init__(self, token: str = "") -> None:
        self._client = Client(raise_request_exception=False)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
        return self._client.get(
            f"/api/v1{path}", query, headers={**self._headers, **(headers or {})}
        )

    def head(self, path: str) -> Any:
        return self._client.head(f"/api/v1{path}", headers=self._headers)

    def send(self, path: str, values: Any = None, *, method: str = "post", **extra: Any) -> Any:
        call = getattr(self._client, method)
        kind = extra.pop("content_type", "application/json")
        return call(f"/api/v1{path}", values, content_type=kind, headers=self._headers, **extra)


@pytest.fixture(autouse=True)
def _patient(settings: Settings) -> None:
    """Let the tests, which all read from one address, read as often as they like."""
    settings.API_READS_PER_MINUTE = 1_000_000


@pytest.fixture
def program() -> Program:
    """One without a token."""
    return Program()


@pytest.fixture
def program_of() -> Callable[..., Program]:
    """Return a program that has a user's token, with these scopes."""

    def make(user: User, *scopes: Scope) -> Program:
        return Program(make_token(user=user, name="test", scopes=scopes, days=1)[1])

    return make


@pytest.fixture
def assert_problem() -> Callable[..., dict[str, Any]]:
    """Return the problem that a response must be."""

    def check(response: HttpResponse, status: int) -> dict[str, Any]:
        assert response.status_code == status, response.content
        assert response["Content-Type"] == PROBLEM
        values: dict[str, Any] = response.json()  # type: ignore[attr-defined]
        assert values["status"] == status
        assert values["code"]
        assert values["detail"]
        return values

    return check
