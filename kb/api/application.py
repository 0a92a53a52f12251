"""The API: its addresses, and what becomes of every kind of error."""

import functools
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils.translation import gettext_noop
from ninja import NinjaAPI
from ninja.errors import HttpError, Throttled, ValidationError
from ninja.parser import Parser

from kb.api import articles, describing, desk, posts, runs, search, snippets, tags, translations
from kb.api import verifications as checks
from kb.api.answers import answer
from kb.api.problems import TOLD, FieldError, Problem, as_response, failed
from kb.api.shapes import Told
from kb.api.throttling import READS, Reads, too_many, unavailable

BODY_BYTES = 512 * 1024
DEEPEST = 20
IN_BODY = ("body",)


class JsonParser(Parser):
    """JSON and nothing else, of bounded size and depth."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise Problem(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "Send the body as JSON, with Content-Type: application/json.",
                headers={"Accept": "application/json"},
            )
        if len(request.body) > BODY_BYTES:
            raise too_large()
        try:
            value = json.loads(request.body, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            detail = f"The body is no valid JSON: {str(error)[:200]}"
            raise Problem(HTTPStatus.BAD_REQUEST, "bad-json", detail) from error
        if not isinstance(value, dict):
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", "Send a JSON object.")
        return value


def too_large() -> Problem:
    detail = f"The body is larger than {BODY_BYTES:,} bytes; send less."
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", detail)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")


api = NinjaAPI(
    title="Zhiyan API",
    version="1",
    description=describing.DESCRIPTION,
    docs_url=None,
    openapi_url=None,  # below, with an ETag
    urls_namespace="api",
    parser=JsonParser(),
    throttle=Reads(),
)
for part in (articles, posts, translations, tags, search, snippets, checks, runs, desk):
    api.add_router("", part.router)


@functools.cache
def describe() -> dict[str, Any]:
    """Return the description of the API; it is of the program, so it is made once."""
    return describing.completed(api.get_openapi_schema())


class Root(Told):
    openapi: str
    documentation: str


@api.get(
    "/",
    response=Root,
    summary=gettext_noop("Find the entry points"),
    tags=["about"],
    url_name="root",
)
def read_root(request: HttpRequest) -> HttpResponse:
    here = request.build_absolute_uri(request.path)
    told = Root(
        openapi=f"{here}openapi.json", documentation=request.build_absolute_uri("/en/help/api")
    )
    return answer(request, lambda: told)


@api.get("/openapi.json", include_in_schema=False, url_name="openapi")
def read_openapi(request: HttpRequest) -> HttpResponse:
    return answer(request, lambda: describing.Described(describe()), version="description")


@api.exception_handler(Problem)
def told(request: HttpRequest, error: Problem) -> HttpResponse:
    return as_response(error)


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return as_response(Problem(HTTPStatus.NOT_FOUND, "not-found", TOLD[404]))


@api.exception_handler(RequestDataTooBig)
def too_big(request: HttpRequest, error: Exception) -> HttpResponse:
    return as_response(too_large())


@api.exception_handler(UnreadablePostError)
def cut_off(request: HttpRequest, error: Exception) -> HttpResponse:
    return as_response(Problem(HTTPStatus.BAD_REQUEST, "bad-request", TOLD[400]))


@api.exception_handler(OperationalError)
def away(request: HttpRequest, error: Exception) -> HttpResponse:
    return as_response(unavailable())


@api.exception_handler(HttpError)
def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    # Ninja wraps what its parser raised.
    if isinstance(error.__cause__, Problem):
        return as_response(error.__cause__)
    status = HTTPStatus(error.status_code)
    code = status.phrase.lower().replace(" ", "-")
    return as_response(Problem(status, code, TOLD.get(status, str(error))))


@api.exception_handler(Throttled)
def throttled(request: HttpRequest, error: Exception) -> HttpResponse:
    return as_response(too_many(READS, request.wait_seconds))  # type: ignore[attr-defined]


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [_field_error(one) for one in error.errors]
    detail = "; ".join(f"{one.pointer or one.parameter}: {one.detail}" for one in errors[:3])
    problem = Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail, errors=errors[:50])
    # An address with a language that there is none of leads nowhere.
    if all(one["loc"][0] == "path" for one in error.errors):
        problem = Problem(HTTPStatus.NOT_FOUND, "not-found", TOLD[404], errors=errors)
    return as_response(problem)


@api.exception_handler(Exception)
def broken(request: HttpRequest, error: Exception) -> HttpResponse:
    return failed(error)


def _field_error(one: Mapping[str, Any]) -> FieldError:
    """Return a pydantic error by the place of the value: ("body", "given", "before", 0)."""
    source, *place = one["loc"]
    message = str(one["msg"])
    if source in IN_BODY:
        # The first part is the name of the function's argument.
        parts = [str(part).replace("~", "~0").replace("/", "~1") for part in place[1:]]
        return FieldError(pointer="".join(f"/{part}" for part in parts), detail=message)
    # The name may follow that of the group of parameters it belongs to.
    names = [str(part) for part in place if not isinstance(part, int)]
    return FieldError(parameter=names[-1] if names else "", detail=message)
