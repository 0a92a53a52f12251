"""Verifications: what was proved of a snippet on a runtime, now and earlier."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Annotated

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, Field

from kb.api import throttling
from kb.api.answers import answer, done
from kb.api.auth import caller, needs
from kb.api.paging import NEWEST, Paging, take
from kb.api.problems import not_found
from kb.api.shapes import Flag, IdNamed, Moment, OneOf, Page, Text, Told, When
from kb.models import Deed
from kb.people.auditing import note_deed
from kb.people.tokens import Scope
from snippets.checking import request_checks
from snippets.models import Snippet, Verification

router = Router(tags=["verifications"])

Outcome = Annotated[str, OneOf(tuple(Verification.Outcome.values))]
Change = Annotated[str, OneOf(tuple(Verification.Change.values))]


class VerificationTold(Told):
    id: int
    snippet: int
    runtime: str
    outcome: Outcome
    last_outcome: str = Field(description="Of a stale one: what it was before.")
    change: Change | None = Field(description="Whether it broke what worked, or mended what not.")
    reason_code: str
    reason: str
    setup_origin: str = Field(description="Who wrote the set-up that it ran with; empty: nobody.")
    setup: str
    repairs: Sequence[str] = Field(description="What was mended in the code that ran.")
    is_current: bool
    checked_at: When
    run: str | None = Field(description="The id of the run that it rests on, while that is kept.")


class VerificationFilters(BaseModel):
    snippet: IdNamed | None = None
    runtime: Annotated[Text | None, Field(max_length=40)] = None
    outcome: Outcome | None = None
    change: Annotated[Change | None, Field(description="What broke, or what works again.")] = None
    current: Annotated[
        Flag | None, Field(description="true: as it stands now; false: earlier.")
    ] = None
    since: Annotated[Moment | None, Field(description="Checked then or later.")] = None


class RequeueTold(Told):
    snippet: int
    checks: int = Field(description="How many were queued: one a runtime that fits.")


class HistoryFilters(BaseModel):
    runtime: Annotated[Text | None, Field(max_length=40)] = None


@router.get(
    "/verifications", response=Page[VerificationTold], summary=gettext_noop("List verifications")
)
def list_verifications(
    request: HttpRequest, filters: Query[VerificationFilters], paging: Query[Paging]
) -> HttpResponse:
    """The latest first. With change=broke: what broke, when, on what."""

    def make() -> Page[VerificationTold]:
        shown, cursor = take(_with_run(_filtered(filters)), NEWEST, paging)
        return Page[VerificationTold](items=tell_verifications(shown), next_cursor=cursor)

    return answer(request, make)


@router.get(
    "/verifications/{id:verification_id}",
    response=VerificationTold,
    summary=gettext_noop("Read a verification"),
)
def read_verification(request: HttpRequest, verification_id: int) -> HttpResponse:
    found = _with_run(Verification.objects.filter(pk=verification_id)).first()
    if found is None:
        raise not_found(f"verification {verification_id}")
    return answer(request, lambda: tell_verification(found))


@router.get(
    "/snippets/{id:snippet_id}/verifications",
    response=Page[VerificationTold],
    summary=gettext_noop("List what was proved of a snippet"),
)
def list_history(
    request: HttpRequest,
    snippet_id: int,
    filters: Query[HistoryFilters],
    paging: Query[Paging],
) -> HttpResponse:
    """Its history on each runtime, the latest first."""
    if not Snippet.objects.filter(pk=snippet_id).exists():
        raise not_found(f"snippet {snippet_id}")

    def make() -> Page[VerificationTold]:
        found: QuerySet[Verification] = Verification.objects.filter(snippet=snippet_id)
        if filters.runtime:
            found = found.filter(runtime=filters.runtime)
        shown, cursor = take(_with_run(found), NEWEST, paging)
        return Page[VerificationTold](items=tell_verifications(shown), next_cursor=cursor)

    return answer(request, make)


@router.post(
    "/snippets/{id:snippet_id}/verifications",
    **needs(Scope.CURATE),
    response={HTTPStatus.ACCEPTED: RequeueTold},
    summary=gettext_noop("Have a snippet verified again"),
)
def verify_again(request: HttpRequest, snippet_id: int) -> HttpResponse:
    """Queue a check on every runtime that fits; the results appear among its verifications."""
    snippet = Snippet.objects.filter(pk=snippet_id).first()
    if snippet is None:
        raise not_found(f"snippet {snippet_id}")
    throttling.count(request, "checks", throttling.CHECKS_PER_MINUTE)
    with transaction.atomic():
        count = request_checks(snippet_ids=[snippet.pk])
        note_deed(user=caller(request), verb=Deed.REQUEUED_SNIPPET, target=snippet, why="API")
    told = RequeueTold(snippet=snippet.pk, checks=count)
    return done(told, HTTPStatus.ACCEPTED)


def _filtered(filters: VerificationFilters) -> QuerySet[Verification]:
    found: QuerySet[Verification] = Verification.objects.all()
    if filters.change:
        found = Verification.objects.changes().filter(change=filters.change)
    if filters.current is not None:
        found = found.filter(is_current=filters.current)
    if filters.since:
        found = found.filter(checked_at__gte=filters.since)
    given = {"snippet": filters.snippet, "runtime": filters.runtime, "outcome": filters.outcome}
    return found.filter(**{name: value for name, value in given.items() if value})


def _with_run(found: QuerySet[Verification]) -> QuerySet[Verification]:
    return found.select_related("run").only(*_FIELDS, "run__public_id")


def tell_verifications(found: Iterable[Verification]) -> list[VerificationTold]:
    if isinstance(found, QuerySet):
        found = _with_run(found)
    return [tell_verification(one) for one in found]


def tell_verification(one: Verification) -> VerificationTold:
    return VerificationTold(
        id=one.pk,
        snippet=one.snippet_id,
        runtime=one.runtime,
        outcome=one.outcome,
        last_outcome=one.last_outcome,
        change=one.change or None,
        reason_code=one.reason_code,
        reason=one.reason,
        setup_origin=one.setup_origin,
        setup=one.setup,
        repairs=one.repairs,
        is_current=one.is_current,
        checked_at=one.checked_at,
        run=one.run.public_id if one.run else None,
    )


_FIELDS = (
    "snippet", "runtime", "outcome", "last_outcome", "change", "reason_code", "reason",
    "setup_origin", "setup", "repairs", "is_current", "checked_at", "run",
)  # fmt: skip
