"""What a token may do: its scope and its user's role together, checked at each use."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from kb.models import ApiToken, Article, AuditEntry, Deed, Report
from kb.people.roles import Permission, Role, may
from kb.people.tokens import NEEDED, Scope, TokenRefused, make_token, may_have
from snippets.models import Run, Snippet
from tests.kb.api.conftest import Program

pytestmark = pytest.mark.django_db
ProgramOf = Callable[..., Program]
PersonIn = Callable[[Role], User]
Assert = Callable[..., dict[str, Any]]
RUN = {"runtime": "torch-2.13", "code": "print(1)"}


@pytest.fixture
def calls(freezing: Article) -> dict[str, Callable[[Program], Any]]:
    """Every write and every private read, by what it is; each is right in itself."""
    post = freezing.posts.get(position=1)
    text = post.translations.get(language="zh-hans").markdown + "\n\n补充。"
    snippet = Snippet.objects.get().pk
    return {
        "run": lambda p: p.send("/runs", RUN),
        "outdated": lambda p: p.send(f"/posts/{post.pk}/outdated", {"comment": "x"}),
        "suggest": lambda p: p.send(f"/posts/{post.pk}/translations/zh/suggestions",
                                    {"markdown": text}),
        "write": lambda p: p.send(f"/posts/{post.pk}/translations/zh",
                                  {"markdown": text, "base": 1}, method="put"),
        "verify": lambda p: p.send(f"/snippets/{snippet}/verifications"),
        "queues": lambda p: p.get("/desk/queues"),
        "rows": lambda p: p.get("/desk/queues/broken"),
    }  # fmt: skip


SCOPES = {
    "run": Scope.RUN,
    "outdated": Scope.SUGGEST,
    "suggest": Scope.SUGGEST,
    "write": Scope.WRITE_TEXTS,
    "verify": Scope.CURATE,
    "queues": Scope.DESK,
    "rows": Scope.DESK,
}


@pytest.mark.parametrize("what", SCOPES)
def test_without_a_token_nothing_is_written(
    what: str, calls: Any, program: Program, broker: redis.Redis, assert_problem: Assert
):
    response = calls[what](program)

    assert_problem(response, 401)
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert (Run.objects.count(), Report.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("what", SCOPES)
def test_session_of_a_browser_is_no_token(
    what: str, calls: Any, client_of: Callable[[User], Client], person_in: PersonIn
):
    browser = Program()
    browser._client = client_of(person_in(Role.ADMINISTRATOR))

    assert calls[what](browser).status_code == 401


@pytest.mark.parametrize("what", SCOPES)
def test_scope_is_needed_whoever_it_is(
    what: str,
    calls: Any,
    program_of: ProgramOf,
    person_in: PersonIn,
    broker: redis.Redis,
    assert_problem: Assert,
):
    others = [scope for scope in Scope if scope is not SCOPES[what]]

    response = calls[what](program_of(person_in(Role.ADMINISTRATOR), *others))

    assert assert_problem(response, 403)["code"] == "insufficient-scope"
    assert f'scope="{SCOPES[what]}"' in response.headers["WWW-Authenticate"]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("what", SCOPES)
def test_whole_cast(what: str, role: Role, calls: Any, person_in: PersonIn, broker: redis.Redis):
    """A token that was made with every scope does what its user's role allows today."""
    user = person_in(role)
    token = make_token(user=user, name="x", scopes=[], days=1)
    ApiToken.objects.update(scopes=[scope.value for scope in Scope])
    needed = Permission.CURATE_SNIPPETS if what == "rows" else None

    response = calls[what](Program(token[1]))

    is_allowed = may_have(user, SCOPES[what]) and (needed is None or may(user, needed))
    assert (response.status_code in {200, 201, 202}) == is_allowed, response.content
    assert is_allowed or response.status_code == 403


def test_scopes_ask_for_what_pages_ask_for():
    assert NEEDED == {
        Scope.RUN: (),
        Scope.SUGGEST: (),
        Scope.CURATE: (Permission.CURATE_SNIPPETS,),
        Scope.WRITE_TEXTS: (Permission.TRANSLATE,),
        Scope.DESK: (Permission.VIEW_DESK,),
    }


def test_token_of_somebody_without_the_role_is_not_made(person_in: PersonIn):
    with pytest.raises(TokenRefused, match="curate"):
        make_token(user=person_in(Role.READER), name="x", scopes=[Scope.CURATE], days=None)


@pytest.mark.parametrize("header", ["Basic eA==", "Bearer", "Bearer ", "zhiyan_x", "Bearer nope",
                                    "Bearer zhiyan_é", "bearer " + "x" * 9000])  # fmt: skip
def test_what_is_no_token(client: Client, freezing: Article, header: str, assert_problem: Assert):
    response = client.post(
        "/api/v1/runs", RUN, content_type="application/json", headers={"Authorization": header}
    )

    assert_problem(response, 401)


@pytest.mark.parametrize("change", [{"revoked_at": timezone.now()},
                                    {"expires_at": timezone.now() - timedelta(seconds=1)}])  # fmt: skip
def test_token_that_is_over(
    program_of: ProgramOf, owner: User, change: dict[str, Any], assert_problem: Assert
):
    program = program_of(owner, Scope.RUN)
    ApiToken.objects.update(**change)

    assert assert_problem(program.send("/runs", RUN), 401)["code"] == "invalid-token"


def test_token_of_somebody_who_may_not_sign_in(program_of: ProgramOf, owner: User):
    program = program_of(owner, Scope.RUN)
    User.objects.update(is_active=False)

    assert program.send("/runs", RUN).status_code == 401


def test_token_is_stored_as_a_digest_and_its_use_noted(
    owner: User, broker: redis.Redis, caplog: pytest.LogCaptureFixture
):
    token, text = make_token(user=owner, name="x", scopes=[Scope.RUN], days=None)

    Program(text).send("/runs", {"runtime": "none", "code": "1"})

    token.refresh_from_db()
    assert text not in str(ApiToken.objects.values().get())
    assert token.last_used_at is not None
    assert text not in caplog.text


def test_run_is_asked_for_read_and_cancelled(
    program_of: ProgramOf, owner: User, outsider: User, broker: redis.Redis
):
    program = program_of(owner, Scope.RUN)

    asked = program.send("/runs", RUN)

    run = asked.json()
    assert asked.status_code == 202
    assert asked.headers["Location"] == run["urls"]["run"]
    assert Run.objects.get().requested_by == owner
    assert Program().get(f"/runs/{run['id']}").json()["status"] == "queued"
    assert program_of(outsider, Scope.RUN).send(f"/runs/{run['id']}/cancel").status_code == 403
    assert program.send(f"/runs/{run['id']}/cancel").json()["status"] == "cancelled"


def test_run_of_a_snippet_has_its_code_and_setup(
    program_of: ProgramOf, owner: User, freezing: Article, broker: redis.Redis
):
    snippet = Snippet.objects.get()

    values = {"runtime": "torch-2.13", "snippet": snippet.pk, "before": [snippet.pk]}
    run = program_of(owner, Scope.RUN).send("/runs", values).json()

    assert run["code"].strip() == "print(1)"
    assert run["setup"].strip() == "print(1)"
    assert run["snippet"] == snippet.pk


@pytest.mark.parametrize(
    ("values", "code", "pointer"),
    [
        ({"runtime": "no-such", "code": "1"}, "refused", None),
        ({"runtime": "torch-2.13"}, "invalid", "/code"),
        ({"runtime": "torch-2.13", "code": "  \n"}, "invalid", "/code"),
        ({"runtime": "torch-2.13", "snippet": 99}, "invalid", "/snippet"),
    ],
)
def test_run_that_is_refused(
    program_of: ProgramOf,
    owner: User,
    broker: redis.Redis,
    values: dict[str, Any],
    code: str,
    pointer: str | None,
    assert_problem: Assert,
):
    problem = assert_problem(program_of(owner, Scope.RUN).send("/runs", values), 422)

    assert problem["code"] == code
    assert pointer in {None, *(error.get("pointer") for error in problem.get("errors", []))}


def test_runs_have_the_limit_of_the_pages(
    program_of: ProgramOf, owner: User, broker: redis.Redis, settings: Any, assert_problem: Assert
):
    settings.RUNS_PER_MINUTE_ANONYMOUS = 2
    program = program_of(owner, Scope.RUN)

    answers = [program.send("/runs", RUN) for _ in range(3)]

    assert [one.status_code for one in answers] == [202, 202, 429]
    assert int(answers[2].headers["Retry-After"]) > 0
    assert assert_problem(answers[2], 429)["code"] == "too-many"


def test_broker_that_is_away(
    program_of: ProgramOf, owner: User, freezing: Article, settings: Any, assert_problem: Assert
):
    program = program_of(owner, Scope.SUGGEST)
    settings.REDIS_URL = "unix:///nowhere/nothing.sock"

    response = program.send(f"/posts/{freezing.posts.first().pk}/outdated", {})

    assert assert_problem(response, 503)["code"] == "unavailable"
    assert int(response.headers["Retry-After"]) > 0


def test_suggested_edit_is_kept_for_the_curators(
    program_of: ProgramOf, owner: User, calls: Any, broker: redis.Redis
):
    response = calls["suggest"](program_of(owner, Scope.SUGGEST))

    report = Report.objects.get()
    assert response.status_code == 201
    assert (report.user, report.kind, report.base_revision) == (owner, "edit", 1)


def test_text_is_written_as_a_revision_and_noted(
    program_of: ProgramOf, person_in: PersonIn, calls: Any, freezing: Article, broker: redis.Redis
):
    author = person_in(Role.AUTHOR)
    program = program_of(author, Scope.WRITE_TEXTS)

    first, again = calls["write"](program), calls["write"](program)

    assert (first.status_code, first.json()["revision"]) == (200, 2)
    assert again.status_code == 200, "the same once more changes nothing"
    assert again.json()["revision"] == 2
    assert AuditEntry.objects.filter(verb=Deed.SAVED_TEXT, user=author).count() == 1


def test_text_that_somebody_else_saved_meanwhile_is_a_conflict(
    program_of: ProgramOf,
    person_in: PersonIn,
    calls: Any,
    freezing: Article,
    broker: redis.Redis,
    assert_problem: Assert,
):
    program = program_of(person_in(Role.AUTHOR), Scope.WRITE_TEXTS)
    calls["write"](program)
    path = f"/posts/{freezing.posts.get(position=1).pk}/translations/zh"

    response = program.send(path, {"markdown": "别的。", "base": 1}, method="put")

    assert assert_problem(response, 409)["code"] == "edit-conflict"


def test_code_that_the_other_language_does_not_show_is_refused_or_carried(
    program_of: ProgramOf,
    person_in: PersonIn,
    freezing: Article,
    broker: redis.Redis,
    assert_problem: Assert,
):
    program = program_of(person_in(Role.AUTHOR), Scope.WRITE_TEXTS)
    answer = freezing.posts.get(position=1)
    path = f"/posts/{answer.pk}/translations/en"
    freezing_text = answer.translations.get(language="en").markdown
    values = {
        "markdown": freezing_text.replace("print(1)", "print(2)").replace("\n1\n", "\n2\n"),
        "base": 1,
    }

    refused = program.send(path, values, method="put")
    carried = program.send(path, {**values, "carries_code": True}, method="put")

    assert assert_problem(refused, 422)["errors"][0]["pointer"] == "/markdown"
    assert carried.status_code == 200
    assert "print(2)" in program.get(path.replace("/en", "/zh")).json()["markdown"]


def test_snippet_is_queued_for_verification_and_noted(
    program_of: ProgramOf, person_in: PersonIn, calls: Any, broker: redis.Redis
):
    curator = person_in(Role.CURATOR)

    response = calls["verify"](program_of(curator, Scope.CURATE))

    assert response.status_code == 202
    assert AuditEntry.objects.get(verb=Deed.REQUEUED_SNIPPET).user == curator


def test_queue_of_another_role_is_not_shown(
    program_of: ProgramOf, person_in: PersonIn, freezing: Article, assert_problem: Assert
):
    program = program_of(person_in(Role.TRANSLATOR), Scope.DESK)

    slugs = {one["slug"] for one in program.get("/desk/queues").json()["items"]}

    assert "broken" not in slugs
    assert slugs
    assert_problem(program.get("/desk/queues/broken"), 403)
    assert "private" in program.get("/desk/queues").headers["Cache-Control"]


def test_queue_lists_what_waits_page_by_page(
    program_of: ProgramOf, person_in: PersonIn, freezing: Article, assert_problem: Assert
):
    program = program_of(person_in(Role.CURATOR), Scope.DESK)
    path = "/desk/queues/never-verified"

    page = program.get(path, limit=1, tag="pytorch").json()

    assert [one["id"] for one in page["items"]] == [Snippet.objects.get().pk]
    assert page["items"][0]["page"].startswith("http://testserver/en/desk/")
    assert page["next_cursor"] is None
    assert program.get(path, tag="keras").json()["items"] == []
    assert_problem(program.get(path, tag="no-such"), 422)
    assert_problem(program.get(path, cursor="eA"), 422)
    assert_problem(program.get("/desk/queues/no-such"), 404)
