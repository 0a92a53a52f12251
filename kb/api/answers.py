"""Answers as JSON, and 304 where the program has them already."""

import datetime
import hashlib
import json
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from pydantic import BaseModel
from pydantic_core import PydanticSerializationError

from kb.api.shapes import Page
from kb.reading.caching import compressed
from kb.reading.versions import build

JSON = "application/json"
SETTLED = datetime.timedelta(seconds=2)
"""Within a second a thing may change twice and have one date: only older ones can be relied on."""


def answer(
    request: HttpRequest,
    make: Callable[[], BaseModel],
    *,
    version: str = "",
    changed_at: datetime.datetime | None = None,
    is_private: bool = False,
) -> HttpResponse:
    """Answer what `make` returns, with an ETag; `is_private`: no shared cache may keep it.

    `version` names the state of all the data that the answer depends on: where the program has
    that already, nothing is made. Without one, the tag is a digest of the answer.
    """
    etag = _etag(version, build(), request.build_absolute_uri()) if version else ""
    if etag and (unchanged := _unchanged(request, etag, changed_at)):
        return unchanged
    value = make()
    content = as_json(value)
    etag = etag or _etag(content)
    if unchanged := _unchanged(request, etag, changed_at):
        return unchanged
    response = HttpResponse(content, content_type=JSON)
    if isinstance(value, Page) and value.next_cursor is not None:
        response["Link"] = f'<{_next_address(request, value.next_cursor)}>; rel="next"'
    if is_private:
        response["Cache-Control"] = "private, no-cache"
    return compressed(request, _marked(response, etag, changed_at))


def as_json(value: BaseModel) -> str:
    try:
        return value.model_dump_json()
    except PydanticSerializationError:
        # What code printed may hold half a character; JSON can say so by an escape.
        return json.dumps(value.model_dump(mode="json"))


def done(value: BaseModel, status: HTTPStatus, location: str = "") -> HttpResponse:
    """Answer what became of a write."""
    response = HttpResponse(as_json(value), content_type=JSON, status=status)
    response["Cache-Control"] = "no-store"
    if location:
        response["Location"] = location
    return response


def _unchanged(
    request: HttpRequest, etag: str, changed_at: datetime.datetime | None
) -> HttpResponse | None:
    is_settled = changed_at is not None and changed_at < timezone.now() - SETTLED
    seconds = int(changed_at.timestamp()) if changed_at is not None and is_settled else None
    response = get_conditional_response(request, etag=etag, last_modified=seconds)
    if response is None or response.status_code != HTTPStatus.NOT_MODIFIED:
        return None
    return _marked(HttpResponse(status=HTTPStatus.NOT_MODIFIED), etag, changed_at)


def _marked(
    response: HttpResponse, etag: str, changed_at: datetime.datetime | None
) -> HttpResponse:
    response["ETag"] = etag
    # A cache may keep it and asks each time whether it still holds.
    response.headers.setdefault("Cache-Control", "no-cache")
    if changed_at is not None:
        response["Last-Modified"] = http_date(changed_at.timestamp())
    return response


def _next_address(request: HttpRequest, cursor: str) -> str:
    values = [(key, one) for key, some in request.GET.lists() if key != "cursor" for one in some]
    return f"{request.build_absolute_uri(request.path)}?{urlencode([*values, ('cursor', cursor)])}"


def _etag(*parts: str) -> str:
    return f'W/"{hashlib.sha256("".join(parts).encode()).hexdigest()[:32]}"'
