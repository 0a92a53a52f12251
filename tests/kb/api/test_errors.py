"""Every error below /api/ is a problem, whatever is sent and whichever part of the site answers."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.contrib.auth.models import User
from django.test import Client

from kb.api.application import BODY_BYTES, describe
from kb.models import Article
from kb.people.roles import Role
from kb.people.tokens import Scope
from tests.kb.api.conftest import Program

pytestmark = pytest.mark.django_db
ProgramOf = Callable[..., Program]
Assert = Callable[..., dict[str, Any]]


def addresses() -> Iterator[tuple[str, str]]:
    """Yield every method and path, with values that lead somewhere in their form."""
    for path, methods in describe()["paths"].items():
        real = re.sub(r"\{\w+_id\}", "1", path.replace("{public_id}", "x"))
        real = real.replace("{lang}", "en").replace("{slug}", "x").removeprefix("/api/v1")
        for method in methods:
            yield method, real


WRITES = [path for method, path in addresses() if method in {"post", "put"}]
METHODS = {path: method for method, path in addresses() if method in {"post", "put"}}
NO_BODY = {"/runs/x/cancel", "/snippets/1/verifications"}
WITH_BODY = [path for path in WRITES if path not in NO_BODY]


@pytest.fixture
def writer(program_of: ProgramOf, person_in: Callable[..., User]) -> Program:
    return program_of(person_in(Role.ADMINISTRATOR), *Scope)


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/v1/nothing", "/api/v2/articles", "/api/v1/articles/x/y"]
)
def test_unknown_address(client: Client, path: str, assert_problem: Assert):
    response = client.get(path)

    assert response.status_code == 404 or path == "/api"
    if path != "/api":
        assert_problem(response, 404)


@pytest.mark.parametrize(("method", "path"), sorted(set(addresses())))
def test_other_method_says_which_there_are(
    method: str, path: str, program: Program, assert_problem: Assert
):
    response = program.send(path, method="delete")

    assert_problem(response, 405)
    assert method.upper() in response.headers["Allow"]


@pytest.mark.parametrize(
    ("path", "query", "parameter"),
    [
        ("/articles", {"limit": "0"}, "limit"),
        ("/articles", {"limit": "101"}, "limit"),
        ("/articles", {"limit": "1.0"}, "limit"),
        ("/articles", {"limit": "1_0"}, "limit"),
        ("/articles", {"kind": "poem"}, "kind"),
        ("/articles", {"tag": "no-such-tag"}, "tag"),
        ("/articles", {"tag": ["a", "b", "c", "d"]}, "tag"),
        ("/articles", {"changed_since": "yesterday"}, "changed_since"),
        ("/articles", {"changed_since": "2026-02-30T00:00:00Z"}, "changed_since"),
        ("/articles", {"changed_since": "0001-01-01T00:00:00+14:00"}, "changed_since"),
        ("/articles", {"cursor": "???"}, "cursor"),
        ("/articles", {"cursor": "x" * 301}, "cursor"),
        ("/verifications", {"current": "1"}, "current"),
        ("/snippets", {"article": str(2**70)}, "article"),
        ("/search", {}, "q"),
        ("/search", {"q": "x" * 5000}, "q"),
        ("/search", {"q": "x", "page": "0"}, "page"),
    ],
)
def test_wrong_parameter_is_named(
    program: Program,
    tags: None,
    path: str,
    query: dict[str, str],
    parameter: str,
    assert_problem: Assert,
):
    problem = assert_problem(program.get(path, **query), 422)

    assert {error["parameter"] for error in problem["errors"]} == {parameter}


def test_nul_in_an_address_is_refused(client: Client, assert_problem: Assert):
    for path in ("/api/v1/tags/a%00b", "/api/v1/search?q=a%00b"):
        assert_problem(client.get(path), 400)


@pytest.mark.parametrize("path", ["/articles/999999999999999999999999", "/posts/11125155999410097750016/translations/zh", "/posts/7", "/tags/x",
                                  "/snippets/9", "/verifications/9", "/runs/x", "/runs/x/events",
                                  "/posts/1/translations/fr", "/posts/9/translations/en/revisions",
                                  "/snippets/9/verifications"])  # fmt: skip
def test_what_is_not_there(program: Program, path: str, assert_problem: Assert):
    assert_problem(program.get(path), 404)


@pytest.mark.parametrize("path", WITH_BODY)
@pytest.mark.parametrize(
    "body",
    [b'{"runtime": "torch', b"\xff\xfe", b"{]", b'{"a": NaN}', b"[" * 100_000, b'{"a":' * 5000,
     b'{"n": ' + b"9" * 5000 + b"}"],
    ids=["cut off", "no text", "no json", "nan", "deep", "deep objects", "endless number"],
)  # fmt: skip
def test_what_is_no_json(
    path: str, body: bytes, writer: Program, broker: redis.Redis, assert_problem: Assert
):
    response = writer.send(path, body, method=METHODS[path])

    assert_problem(response, 400)


@pytest.mark.parametrize("path", WITH_BODY)
def test_huge_body(path: str, writer: Program, broker: redis.Redis, assert_problem: Assert):
    for size in (BODY_BYTES + 1, 3_000_000):
        body = json.dumps({"code": "x" * size, "runtime": "torch-2.13"})
        assert_problem(writer.send(path, body, method=METHODS[path]), 413)


@pytest.mark.parametrize("path", WITH_BODY)
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"]
)
def test_body_that_is_said_to_be_something_else(
    path: str, kind: str, writer: Program, broker: redis.Redis, assert_problem: Assert
):
    response = writer.send(path, b'{"a": 1}', method=METHODS[path], content_type=kind)

    assert_problem(response, 415)


@pytest.mark.parametrize("path", WITH_BODY)
@pytest.mark.parametrize("body", [b"[]", b"1", b'"x"', b"null", b""])
def test_json_that_is_no_object(
    path: str, body: bytes, writer: Program, broker: redis.Redis, assert_problem: Assert
):
    response = writer.send(path, body, method=METHODS[path])

    assert response.status_code in {201, 404, 422}
    if response.status_code != 201:
        assert_problem(response, response.status_code)


def test_wrong_value_is_pointed_at(writer: Program, assert_problem: Assert):
    values = {"runtime": 5, "before": [1, "x"], "unknown": True, "code": "a\0b"}

    problem = assert_problem(writer.send("/runs", values), 422)

    pointers = {error["pointer"] for error in problem["errors"]}
    assert pointers == {"/runtime", "/before/1", "/unknown", "/code"}


def test_failure_of_ours_has_an_id_that_is_in_the_log(
    program: Program,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    assert_problem: Assert,
):
    def fail() -> str:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("kb.api.tags.site_version", fail)

    response = program.get("/tags")

    problem = assert_problem(response, 500)
    assert problem["id"] == response.headers["X-Error-Id"]
    assert problem["id"] in caplog.text
    assert "secret detail" not in response.content.decode()


def test_site_under_maintenance(
    client: Client, settings: Any, tmp_path: Path, assert_problem: Assert
):
    settings.VAR_DIR = tmp_path
    (tmp_path / "maintenance").touch()

    response = client.get("/api/v1/articles")

    assert_problem(response, 503)
    assert int(response.headers["Retry-After"]) > 0


def test_unknown_host(client: Client, assert_problem: Assert):
    assert_problem(client.get("/api/v1/articles", headers={"Host": "evil.example"}), 400)


def test_search_without_an_index(
    program: Program, freezing: Article, settings: Any, tmp_path: Path, assert_problem: Assert
):
    settings.VAR_DIR = tmp_path

    response = program.get("/search", q="freeze")

    assert_problem(response, 503)
    assert int(response.headers["Retry-After"]) > 0


def test_broker_that_is_away(
    writer: Program, settings: Any, tmp_path: Path, assert_problem: Assert
):
    settings.REDIS_URL = f"unix://{tmp_path}/nothing.sock"

    response = writer.send("/posts/1/outdated", {})

    assert response.status_code in {404, 503}


def test_errors_are_in_english_whatever_is_asked_for(program: Program, assert_problem: Assert):
    response = program.get("/articles", headers={"Accept-Language": "zh-CN"}, kind="诗")

    assert assert_problem(response, 422)["title"] == "Unprocessable Entity"
