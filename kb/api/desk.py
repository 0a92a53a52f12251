"""The desk's queues: what waits for a curator, what helps most readers first."""

import base64
import binascii
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, Field

from kb.api.answers import answer
from kb.api.auth import caller, needs
from kb.api.paging import Paging
from kb.api.problems import FieldError, Problem, not_found
from kb.api.shapes import Lang, Page, Text, Told
from kb.desk.page import read_filters
from kb.desk.queue import Filters, Queue, Row
from kb.desk.registry import QUEUES, queues_for
from kb.people.roles import may
from kb.people.tokens import Scope

router = Router(tags=["desk"])

MOST_ROWS = 10_000


class QueueTold(Told):
    slug: str
    group: str
    title: str
    description: str
    count: int
    filters: Sequence[str] = Field(description="Parameters that narrow it.")
    items: str = Field(description="The address of what waits.")
    page: str = Field(description="Its page on the desk.")


class Queues(Told):
    items: Sequence[QueueTold]


class RowTold(Told):
    id: int = Field(description="Of the snippet, text, report or article that waits.")
    title: str
    detail: str
    note: str
    badges: Sequence[str]
    facts: Sequence[str]
    readers: int
    page: str = Field(description="Where it is worked on.")


class QueueFilters(BaseModel):
    tag: Annotated[Text | None, Field(max_length=60)] = None
    runtime: Annotated[Text | None, Field(max_length=40)] = None
    lang: Lang | None = None


@router.get(
    "/desk/queues",
    **needs(Scope.DESK),
    response=Queues,
    summary=gettext_noop("List the desk's queues"),
)
def list_queues(request: HttpRequest) -> HttpResponse:
    """Those that the token's user may work on, with what waits in each."""
    told = [_tell_queue(request, queue) for queue in queues_for(caller(request))]
    return answer(request, lambda: Queues(items=told), is_private=True)


@router.get(
    "/desk/queues/{slug}",
    **needs(Scope.DESK),
    response=Page[RowTold],
    summary=gettext_noop("List what waits in a queue"),
)
def list_rows(
    request: HttpRequest, slug: str, filters: Query[QueueFilters], paging: Query[Paging]
) -> HttpResponse:
    """What helps most readers first. The order moves while it is worked on: begin anew then."""
    queue = QUEUES.get(slug)
    if queue is None:
        raise not_found(f"queue {slug!r}")
    if not may(caller(request), queue.permission):
        detail = f"{caller(request).get_username()} has no role that may see this queue."
        raise Problem(HTTPStatus.FORBIDDEN, "not-allowed", detail)
    first = _read_place(paging.cursor)
    items = queue.items(_filters(queue, filters))
    shown = list(items[first : first + paging.limit + 1])
    rows = queue.rows(shown[: paging.limit], "en")
    cursor = _make_place(first + paging.limit) if len(shown) > paging.limit else None
    told = Page[RowTold](items=[_tell_row(request, row) for row in rows], next_cursor=cursor)
    return answer(request, lambda: told, is_private=True)


def _filters(queue: Queue, given: QueueFilters) -> Filters:
    """Return the filters; raises Problem for what this queue does not have, or nobody."""
    values = {key: value for key, value in given if value}
    filters = read_filters(queue, values)
    taken = {"tag": filters.tag, "runtime": filters.runtime, "lang": filters.language}
    errors = [
        FieldError(parameter=name, detail="is nothing that this queue can be narrowed by")
        for name in values
        if not taken[name]
    ]
    if errors:
        detail = "The queue cannot be narrowed so."
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail, errors=errors)
    return filters


def _tell_queue(request: HttpRequest, queue: Queue) -> QueueTold:
    names = {"language": "lang"}
    return QueueTold(
        slug=queue.slug,
        group=str(queue.group),
        title=str(queue.title),
        description=str(queue.description),
        count=queue.items(Filters()).order_by().count(),
        filters=sorted(names.get(name, name) for name in queue.filters),
        items=_absolute(request, reverse("api:list_rows", args=[queue.slug])),
        page=_absolute(request, reverse("desk-queue", args=["en", queue.slug])),
    )


def _tell_row(request: HttpRequest, row: Row) -> RowTold:
    return RowTold(
        id=row.id,
        title=row.title,
        detail=row.detail,
        note=row.note,
        badges=[str(badge.label) for badge in row.badges],
        facts=[str(fact) for fact in row.facts],
        readers=row.readers,
        page=_absolute(request, row.address),
    )


def _absolute(request: HttpRequest, address: str) -> str:
    return request.build_absolute_uri(address) if address else ""


def _make_place(number: int) -> str:
    return base64.urlsafe_b64encode(f"rows:{number}".encode()).decode().rstrip("=")


def _read_place(cursor: Any) -> int:
    """Return the row that a cursor leads on from."""
    if cursor is None:
        return 0
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        name, _, number = base64.urlsafe_b64decode(padded).decode("ascii").partition(":")
        if name == "rows" and number.isdecimal() and int(number) <= MOST_ROWS:
            return int(number)
    except (ValueError, binascii.Error):
        pass
    error = FieldError(parameter="cursor", detail="is no cursor of this queue; begin without one")
    raise Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", "The cursor cannot be used.", errors=[error]
    )
