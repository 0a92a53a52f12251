"""Who may see a page of the desk."""

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from kb.people.roles import Permission, may

View = Callable[..., HttpResponseBase]


def requires(permission: Permission) -> Callable[[View], View]:
    """Lead a stranger to signing in; answer 403 to whom the permission was not given."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                # What was sent is lost: a form's own address shows nothing.
                is_read = request.method in {"GET", "HEAD"}
                return redirect_to_login(request.get_full_path() if is_read else _desk(request))
            if not may(request.user, permission):
                raise PermissionDenied(f"needs {permission}")
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # for the test of the cast
        return never_cache(guarded)

    return decorate


def _desk(request: HttpRequest) -> str:
    return f"/{request.path.split('/')[1]}/desk/"
