"""What the description promises holds, for whatever is asked: schemathesis finds nothing."""

import contextlib
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import schemathesis
from django.contrib.auth.models import Group, User
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounded
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from kb.api.application import describe
from kb.models import Article
from kb.people.tokens import Scope, make_token
from kb.search import indexes
from kb.search.draining import rebuild

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_one_connection")]
EXAMPLES = 12
MEANT = {"cursor", "tag", "runtime", "lang", "/code", "/snippet", "/runtime", "/markdown"}
POSITIVE, NEGATIVE = GenerationMode.POSITIVE, GenerationMode.NEGATIVE


def operations() -> list[tuple[str, str, GenerationMode]]:
    """Return every operation, to be asked rightly, and wrongly where it takes anything."""
    found = []
    for path, methods in describe()["paths"].items():
        # A stream; test_watching_runs.py has it.
        for method in methods if not path.endswith("/events") else ():
            takes = methods[method]["parameters"] or "requestBody" in methods[method]
            modes = [POSITIVE, NEGATIVE] if takes else [POSITIVE]
            found += [(method.upper(), path, mode) for mode in modes]
    return found


@functools.cache
def described() -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """Keep the test's connection: outside of tests it is closed with each request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def index(freezing: Article, settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.VAR_DIR = tmp_path
    rebuild()
    yield
    indexes.forget_reader()


@pytest.fixture
def token(curator: User) -> str:
    curator.groups.add(Group.objects.get(name="administrator"))
    return make_token(user=curator, name="all", scopes=list(Scope), days=1)[1]


@pytest.mark.parametrize(("method", "path", "mode"), operations())
def test_nothing_is_found(
    method: str,
    path: str,
    mode: GenerationMode,
    token: str,
    freezing: Article,
    request: pytest.FixtureRequest,
    broker: redis.Redis,
):
    if path.endswith("/search"):
        request.getfixturevalue("index")
    cases = described()[path][method].as_strategy(generation_mode=mode)
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}

    @bounded(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def ask(case: schemathesis.Case) -> None:
        response = case.call(headers=headers)
        case.validate_response(
            response, headers=headers, excluded_checks=[positive_data_acceptance]
        )
        if mode is POSITIVE and response.status_code == 422:
            assert_only_its_meaning_is_wrong(response.json())

    # What takes any text at all cannot be asked wrongly.
    with contextlib.suppress(Unsatisfiable):
        ask()


def assert_only_its_meaning_is_wrong(problem: dict[str, Any]) -> None:
    """No description can say which tags there are, or where a list may go on."""
    wrong = {error.get("parameter") or error.get("pointer") for error in problem.get("errors", [])}
    assert wrong <= MEANT, problem
