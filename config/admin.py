"""The admin, which asks staff for a second factor."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator


class GuardedAdmin(AdminSite):
    """Lets in staff who have set up a second factor, and leads the others to doing so."""

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and bool(is_mfa_enabled(request.user))

    @method_decorator(secure_admin_login)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if super().has_permission(request):
            return redirect("mfa_activate_totp")
        return super().login(request, extra_context)
