"""Pages for what went wrong: what it was, and where to go from here.

Those for a request that cannot be trusted or a server that fails stand alone:
they need no database, no session and no host name, and speak both languages.
"""

import dataclasses
import logging
import secrets
import sys
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kb.languages import TO_PATH, html_lang
from kb.models import Language
from kb.reading.oldaddresses import find_moved

logger = logging.getLogger(__name__)
RETRY_SECONDS = 60


@dataclasses.dataclass(frozen=True, kw_only=True)
class Words:
    title: Any
    text: Any


WORDS = {
    HTTPStatus.BAD_REQUEST: Words(
        title=_("Bad request"),
        text=_("This request could not be understood. Go back and try again."),
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Words(
        title=_("Too large"),
        text=_("What was sent is larger than this site takes. Shorten it, or send it in parts."),
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: Words(
        title=_("Something went wrong"),
        text=_("The server failed; the error has been recorded. Please try again later."),
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: Words(
        title=_("Back soon"),
        text=_("The site is being looked after. Please try again in a minute."),
    ),
}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return alone(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return alone(HTTPStatus.BAD_REQUEST)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Lead on where an imported article stood at this address, else say what there is instead."""
    lang = TO_PATH[Language(translation.get_language() or Language.ZH)]
    if moved := find_moved(request.path, request.META.get("QUERY_STRING", ""), lang=lang):
        return redirect(moved, permanent=True)
    last = unquote(request.path).rstrip("/").rpartition("/")[2]
    words = last.replace("-", " ").replace("_", " ").replace("+", " ")[:100]
    return render(request, "404.html", {"words": words}, status=HTTPStatus.NOT_FOUND)


def gone(request: HttpRequest, deleted: Any = None) -> HttpResponse:
    """Answer 410; staff read who deleted it, and whether it can come back."""
    return render(request, "410.html", {"deleted": deleted}, status=HTTPStatus.GONE)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a failure of ours; its id stands in the log beside the traceback."""
    if isinstance(sys.exc_info()[1], OperationalError):
        return unavailable()
    error_id = secrets.token_hex(4)
    logger.error("error %s: %s %s", error_id, request.method, request.path)
    response = alone(HTTPStatus.INTERNAL_SERVER_ERROR, error_id=error_id)
    response["X-Error-Id"] = error_id
    return response


def unavailable() -> HttpResponse:
    response = alone(HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def alone(status: HTTPStatus, *, error_id: str = "") -> HttpResponse:
    """Return a page that needs nothing but its template, the reader's language first."""
    first = translation.get_language()
    languages = sorted(Language, key=lambda language: language != first)
    parts = [{"lang": html_lang(language), "words": _said(status, language)}
             for language in languages]  # fmt: skip
    html = render_to_string("errors/alone.html", {"parts": parts, "error_id": error_id})
    return HttpResponse(html, status=status)


def _said(status: HTTPStatus, language: Language) -> Words:
    with translation.override(language):
        words = WORDS[status]
        return Words(title=str(words.title), text=str(words.text))
