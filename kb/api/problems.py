"""Errors as RFC 9457 describes them; no address below /api/ ever answers an error in HTML."""

import dataclasses
import json
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse, HttpResponseBase

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
PREFIX = "/api/"
# No text that is stored may hold it: PostgreSQL refuses it.
NUL = re.compile(r"%00|\x00")
EVENTS = re.compile(r"/events/?$")

TOLD: Mapping[int, str] = {
    400: "The request could not be understood: it is cut off, or no valid JSON.",
    404: "There is nothing at this address; /api/v1/openapi.json lists those that there are.",
    405: "This address does not take this method; the header Allow names those it takes.",
    413: "What was sent is larger than this address takes; send less.",
    500: "The server failed; the error was recorded under this id. Try again later.",
    503: "The site cannot do this at the moment. Try again after the seconds in Retry-After.",
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class FieldError:
    """What is wrong with one value: `pointer` into the body, or the name of a parameter."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None

    def as_dict(self) -> dict[str, str]:
        return {key: value for key, value in dataclasses.asdict(self).items() if value is not None}


class Problem(Exception):
    """An answer that is an error; `code` names it for programs and never changes."""

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})


def not_found(what: str) -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, "not-found", f"There is no {what}.")


def as_response(problem: Problem, **more: Any) -> HttpResponse:
    values: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.status.phrase,
        "status": problem.status.value,
        "code": problem.code,
        "detail": problem.detail,
        **more,
    }
    if problem.errors:
        values["errors"] = [error.as_dict() for error in problem.errors]
    return HttpResponse(
        # What came in may hold half a character; it goes out as an escape.
        json.dumps(values),
        status=problem.status,
        content_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **problem.headers},
    )


def failed(error: Exception) -> HttpResponse:
    """Answer a failure of ours; its id stands in the log beside the traceback."""
    error_id = secrets.token_hex(4)
    logger.error("error %s in the API", error_id, exc_info=error)
    problem = Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "internal", TOLD[500], headers={"X-Error-Id": error_id}
    )
    return as_response(problem, id=error_id)


class ApiProblems:
    """Make every error below /api/ a problem, whatever part of the site answered it."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if iscoroutinefunction(self.get_response):
            return self._answer(request)
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)  # type: ignore[no-any-return]
        refused = _prepare(request)
        return _mended(request, refused or self.get_response(request))

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return await self.get_response(request)  # type: ignore[no-any-return]
        refused = _prepare(request)
        return _mended(request, refused or await self.get_response(request))


def _prepare(request: HttpRequest) -> HttpResponse | None:
    """Refuse what no address takes; HEAD is a GET whose body the server leaves out."""
    if NUL.search(request.path_info) or NUL.search(request.META.get("QUERY_STRING", "")):
        detail = "The address holds a NUL character, which no name or text here has."
        return as_response(Problem(HTTPStatus.BAD_REQUEST, "bad-request", detail))
    if request.method == "HEAD" and not EVENTS.search(request.path_info):
        request.method = "GET"
    return None


def _mended(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if request.method == "GET":
        # Anybody's page may read what anybody may read; tokens are for servers, so no
        # other method or header is allowed to a foreign page.
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Link, Retry-After"
    if response.status_code < 400 or response.get("Content-Type") == MEDIA_TYPE:
        return response
    status = HTTPStatus(response.status_code)
    detail = TOLD.get(status, status.description or status.phrase)
    kept = ("Allow", "Retry-After", "X-Error-Id")
    headers = {name: response[name] for name in kept if name in response}
    more = {"id": response["X-Error-Id"]} if "X-Error-Id" in response else {}
    code = status.phrase.lower().replace(" ", "-")
    mended = as_response(Problem(status, code, detail, headers=headers), **more)
    for name in ("Access-Control-Allow-Origin", "Access-Control-Expose-Headers"):
        if name in response:
            mended[name] = response[name]
    return mended
