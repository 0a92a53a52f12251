"""Answering again what was answered before: 304 where the reader has it, else from the cache.

A page is named by the state of its data, so that an edit or a verification is
seen at once, and by everything of the request that it depends on. What is
another for each reader, the token of forms, is put in last.
"""

import functools
import gzip
import hashlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers

from kb.reading.versions import FOR_CACHE, TOKEN, build, site_version

KEPT_SECONDS = 3600
WORTH_COMPRESSING_BYTES = 1000
COMPRESSION_LEVEL = 3
"""Higher levels take twice the time to save another tenth."""
READER_COOKIES = ("theme", "mode")

View = Callable[..., HttpResponse]


def conditional(view: View) -> View:
    """Cache a page that depends on articles and tags, whichever."""
    return _cached(view, lambda *_args, **_kwargs: site_version())


def conditional_on(version_of: Callable[..., str]) -> Callable[[View], View]:
    """Cache a page whose state `version_of` tells from the view's arguments; empty: none."""
    return lambda view: _cached(view, version_of)


def _cached(view: View, version_of: Callable[..., str]) -> View:
    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        version = "" if _is_personal(request) else version_of(*args, **kwargs)
        if not version:
            return _private(view(request, *args, **kwargs))
        name = _name(request, version)
        etag = f'W/"{_digest(name, request.COOKIES.get(settings.CSRF_COOKIE_NAME, ""))}"'
        unchanged = get_conditional_response(request, etag=etag)
        if unchanged is not None and unchanged.status_code == 304:
            return _private(unchanged)
        parts = cache.get(name)
        if parts is None:
            response = _render_for_all(view, request, *args, **kwargs)
            parts = response.content.split(TOKEN.encode())
            if response.status_code != 200:
                response.content = _joined(request, parts)
                return _private(response)
            cache.set(name, parts, KEPT_SECONDS)
        response = HttpResponse(_joined(request, parts))
        response["ETag"] = etag
        return _private(compressed(request, response))

    return answer


def _render_for_all(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    request.META[FOR_CACHE] = True
    try:
        return view(request, *args, **kwargs)
    finally:
        del request.META[FOR_CACHE]


def _joined(request: HttpRequest, parts: list[bytes]) -> bytes:
    """Return the page with the reader's token in its places; without any, no cookie is set."""
    return get_token(request).encode().join(parts) if len(parts) > 1 else parts[0]


def compressed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Compress what is sent; the one secret in it, the token, is masked anew in each answer."""
    patch_vary_headers(response, ["Accept-Encoding"])
    is_wanted = "gzip" in request.headers.get("Accept-Encoding", "")
    if is_wanted and len(response.content) > WORTH_COMPRESSING_BYTES:
        response.content = gzip.compress(response.content, COMPRESSION_LEVEL, mtime=0)
        response["Content-Encoding"] = "gzip"
    return response


def _is_personal(request: HttpRequest) -> bool:
    """Say whether the page shows something of who asks for it."""
    return request.user.is_authenticated or "messages" in request.COOKIES


def _name(request: HttpRequest, version: str) -> str:
    cookies = [request.COOKIES.get(name, "")[:10] for name in READER_COOKIES]
    return "page:" + _digest(version, build(), request.build_absolute_uri(), *cookies)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]


def _private(response: HttpResponse) -> HttpResponse:
    # A reader's cookies choose the theme and the mode, so no shared cache may keep it.
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["Cookie"])
    return response
