"""The language of a request."""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

from kb.languages import BY_PATH
from kb.models import Language

COOKIE_SECONDS = 365 * 24 * 3600


class LanguageFromPath:
    """Speak the language of the path; where it names none, the reader's own.

    The language read last is remembered in a cookie for the address `/`.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if iscoroutinefunction(self.get_response):
            return self._answer(request)
        named = _activate(request)
        return _remember(request, self.get_response(request), named)

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        named = _activate(request)
        return _remember(request, await self.get_response(request), named)


def _activate(request: HttpRequest) -> str:
    """Activate the request's language; return it where the path names it, else nothing."""
    part = request.path_info.split("/", 2)[1] if "/" in request.path_info else ""
    named = str(BY_PATH[part]) if part in BY_PATH else ""
    # Programs are told in one language what went wrong.
    is_api = part == "api"
    language = named or (Language.EN if is_api else translation.get_language_from_request(request))
    translation.activate(language)
    request.LANGUAGE_CODE = language
    return named


def _remember(request: HttpRequest, response: HttpResponseBase, named: str) -> HttpResponseBase:
    name = settings.LANGUAGE_COOKIE_NAME
    is_page = response.status_code == 200 and request.method == "GET"
    if named and is_page and response.get("Content-Type", "").startswith("text/html"):
        response.headers.setdefault("Content-Language", named)
        if request.COOKIES.get(name) != named:
            response.set_cookie(
                name, named, max_age=COOKIE_SECONDS, samesite="Lax", secure=settings.HTTPS
            )
    return response
