"""Runs: asking for one, reading it, watching it by its events, cancelling it."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any

import redis
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, Field

from kb.api import throttling
from kb.api.answers import answer, done
from kb.api.auth import caller, needs
from kb.api.problems import FieldError, Problem, not_found
from kb.api.shapes import Given, Id, Lang, OneOf, Text, Told, When
from kb.people.tokens import Scope
from sandbox import Verdict as SandboxVerdict
from sandbox import runtime
from snippets import services
from snippets.forms import RunForm
from snippets.joining import SNIPPETS_AT_MOST
from snippets.models import Artifact, Run
from snippets.views import events

router = Router(tags=["runs"])

Status = Annotated[str, OneOf(tuple(Run.Status.values))]
Verdict = Annotated[str, OneOf(("", *SandboxVerdict))]


class RunGiven(Given):
    """Code to run, or a snippet's own; a snippet also says which set-up goes before it."""

    runtime: Annotated[
        Text,
        Field(
            min_length=1, max_length=40, description="One of /runtimes.", examples=["torch-2.13"]
        ),
    ]
    code: Annotated[
        Text | None,
        Field(
            min_length=1,
            max_length=settings.RUN_CODE_BYTES,
            description="Left out: the snippet's own.",
            examples=["print(1 + 1)"],
        ),
    ] = None
    snippet: Annotated[
        Id | None, Field(description="Whose code it is, or whose set-up goes before the code.")
    ] = None
    before: Annotated[
        list[Id],
        Field(
            max_length=SNIPPETS_AT_MOST,
            description="Snippets to run before it, as one session.",
        ),
    ] = []


class OutputPart(Told):
    stream: Annotated[str, OneOf(("stdout", "stderr"))]
    text: str


class ArtifactTold(Told):
    name: str
    kind: str = Field(description="figure, file or table.")
    media_type: str
    width: int | None
    height: int | None
    url: str


class RunAddresses(Told):
    run: str
    events: str
    cancel: str
    page: str


class RunTold(Told):
    id: str
    status: Status = Field(description="Its life.")
    verdict: Verdict = Field(description="How it ended; empty: it has not.")
    reason: str
    runtime: str
    snippet: int | None
    setup: str
    code: str
    output: Sequence[OutputPart] = Field(description="In the order in which it was written.")
    is_truncated: bool
    exit_code: int | None
    signal: str
    wall_seconds: float | None
    cpu_seconds: float | None
    memory_bytes: int | None
    packages: dict[str, str] = Field(description="What it ran on, by name.")
    queued_at: When
    started_at: When | None
    finished_at: When | None
    artifacts: Sequence[ArtifactTold]
    urls: RunAddresses


class RuntimeTold(Told):
    name: str
    label: str
    packages: Sequence[str] = Field(description="Pinned.")
    is_built: bool
    needs_gpu: bool


class Runtimes(Told):
    items: Sequence[RuntimeTold]


class EventFilters(BaseModel):
    lang: Annotated[Lang, Field(description="The language of labels in the last event.")] = "en"


@router.get("/runtimes", response=Runtimes, summary=gettext_noop("List runtimes"), tags=["runs"])
def list_runtimes(request: HttpRequest) -> HttpResponse:
    told = [
        RuntimeTold(
            name=one.name,
            label=one.label,
            packages=one.packages,
            is_built=one.is_built,
            needs_gpu=one.gpu,
        )
        for one in runtime.load_all().values()
    ]
    return answer(request, lambda: Runtimes(items=told))


@router.post(
    "/runs",
    **needs(Scope.RUN),
    response={HTTPStatus.ACCEPTED: RunTold},
    summary=gettext_noop("Run code"),
)
def create_run(request: HttpRequest, given: RunGiven) -> HttpResponse:
    """Queue a run, with the limits of the token's user; read or watch it at its addresses."""
    form = RunForm(_form_values(given))
    if not form.is_valid():
        raise _invalid(form)
    throttling.count(request, "runs")
    try:
        run = services.request_run(**form.request_values(), user=caller(request))
    except services.RunRefused as error:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, "refused", f"This cannot be run: {error}."
        ) from error
    except redis.RedisError as error:
        raise throttling.unavailable() from error
    told = _tell(request, run)
    return done(told, HTTPStatus.ACCEPTED, location=told.urls.run)


@router.get("/runs/{slug:public_id}", response=RunTold, summary=gettext_noop("Read a run"))
def read_run(request: HttpRequest, public_id: str) -> HttpResponse:
    """Whoever knows its id may read it; nobody can guess one."""
    run = _run_or_404(public_id)
    return answer(request, lambda: _tell(request, run))


@router.post(
    "/runs/{slug:public_id}/cancel",
    **needs(Scope.RUN),
    response={HTTPStatus.OK: RunTold},
    summary=gettext_noop("Cancel a run"),
)
def cancel_run(request: HttpRequest, public_id: str) -> HttpResponse:
    """For who asked for it, and curators. A run that is over stays as it is."""
    run = _run_or_404(public_id)
    try:
        run = services.cancel_run(run=run, user=caller(request), session_key="")
    except services.NotAllowed as error:
        raise Problem(
            HTTPStatus.FORBIDDEN, "not-allowed", "Only who asked for a run may cancel it."
        ) from error
    return done(_tell(request, run), HTTPStatus.OK)


@router.get(
    "/runs/{slug:public_id}/events",
    summary=gettext_noop("Watch a run"),
    throttle=[],  # it runs in the event loop, and whoever asks for runs is limited
    openapi_extra={
        "parameters": [
            {
                "in": "header",
                "name": "Last-Event-ID",
                "schema": {"type": "string"},
                "required": False,
                "description": "The id of the last event that you have; those after it follow.",
            }
        ],
        "responses": {
            200: {
                "description": "Events started, output and done, as server-sent events.",
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
            }
        },
    },
)
async def watch_run(
    request: HttpRequest, public_id: str, filters: Query[EventFilters]
) -> HttpResponseBase:
    """Until the run is over; a stream that ends earlier is resumed with Last-Event-ID."""
    try:
        return await events.run_events(request, filters.lang, public_id)
    except Http404 as error:
        raise not_found(f"run {public_id!r}") from error


def _form_values(given: RunGiven) -> dict[str, Any]:
    values: dict[str, Any] = {
        "runtime": given.runtime,
        "snippet": given.snippet,
        "before": ",".join(map(str, given.before)),
    }
    return values if given.code is None else {**values, "code": given.code}


def _invalid(form: RunForm) -> Problem:
    errors = [
        FieldError(pointer="/code" if field == "__all__" else f"/{field}", detail=str(message))
        for field, messages in form.errors.items()
        for message in messages
    ]
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", "This cannot be run.", errors=errors)


def _run_or_404(public_id: str) -> Run:
    run = Run.objects.filter(public_id=public_id).first()
    if run is None:
        raise not_found(f"run {public_id!r}")
    return run


def _tell(request: HttpRequest, run: Run) -> RunTold:
    def address(name: str, *args: Any) -> str:
        return request.build_absolute_uri(reverse(name, args=args))

    def tell_artifact(one: Artifact) -> ArtifactTold:
        return ArtifactTold(
            name=one.name,
            kind=one.kind,
            media_type=one.media_type,
            width=one.width,
            height=one.height,
            url=address("snippets:artifact", "en", run.public_id, one.pk),
        )

    return RunTold(
        id=run.public_id,
        status=run.status,
        verdict=run.verdict,
        reason=run.reason,
        runtime=run.runtime,
        snippet=run.snippet_id,
        setup=run.setup,
        code=run.code,
        output=[OutputPart(**part) for part in run.output],
        is_truncated=run.truncated,
        exit_code=run.exit_code,
        signal=run.signal,
        wall_seconds=run.wall_seconds,
        cpu_seconds=run.cpu_seconds,
        memory_bytes=run.memory_bytes,
        packages=run.environment.get("packages", {}),
        queued_at=run.queued_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        artifacts=[tell_artifact(one) for one in run.artifacts.defer("data")],
        urls=RunAddresses(
            run=address("api:read_run", run.public_id),
            events=address("api:watch_run", run.public_id),
            cancel=address("api:cancel_run", run.public_id),
            page=address("snippets:run", "en", run.public_id),
        ),
    )
