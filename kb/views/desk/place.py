"""Where a curator is in a queue: what is decided elsewhere leads back to the same page and row."""

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from kb.desk.page import Page

KEY = "desk_place"


def keep_place(request: HttpRequest, page: Page) -> None:
    """Remember the page of a queue that is shown."""
    query = {**page.paging.chosen, "page": str(page.paging.number)}
    ids = [row.id for row in page.rows]
    place = {"queue": page.queue.slug, "query": query, "ids": ids}
    if request.session.get(KEY) != place:
        request.session[KEY] = place


def filters_of(request: HttpRequest, slug: str) -> dict[str, str]:
    """Return the filters and the page with which the queue was last shown."""
    return dict(_place(request, slug).get("query", {}))


def is_from(request: HttpRequest, slug: str) -> bool:
    """Say whether the queue is the one that was last looked at."""
    return bool(_place(request, slug))


def back_address(
    request: HttpRequest,
    lang: str,
    slug: str,
    *,
    done: Collection[int],
    query: Mapping[str, str] | None = None,
) -> str:
    """Return the address of the queue at the row after what is done.

    It is as `query` says, else as it was last shown.
    """
    address = reverse("desk-queue", args=[lang, slug])
    if wanted := query or filters_of(request, slug):
        address += f"?{urlencode(wanted)}"
    row = _row_after(_place(request, slug).get("ids", []), done)
    return f"{address}#row-{row}" if row is not None else address


def _row_after(ids: list[int], done: Collection[int]) -> int | None:
    """Return the first row after those that are done, else the last one before them."""
    places = [at for at, id_ in enumerate(ids) if id_ in done]
    if not places:
        return None
    after = [id_ for id_ in ids[places[-1] :] if id_ not in done]
    before = [id_ for id_ in ids[: places[-1]] if id_ not in done]
    return after[0] if after else before[-1] if before else None


def _place(request: HttpRequest, slug: str) -> dict[str, Any]:
    place = request.session.get(KEY, {})
    return place if place.get("queue") == slug else {}
