"""While the file `maintenance` is in the site's directory, every page says: back soon."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from kb.views.errors import unavailable


class Maintenance:
    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if not Path(settings.VAR_DIR, "maintenance").exists() or request.path == "/healthz":
            return self.get_response(request)  # type: ignore[no-any-return]
        response = unavailable()
        return _soon(response) if iscoroutinefunction(self.get_response) else response


async def _soon(response: HttpResponseBase) -> HttpResponseBase:
    return response
