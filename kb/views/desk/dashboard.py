"""How the site fares, at a glance."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kb.desk.dashboard import view_dashboard
from kb.people.roles import Permission
from kb.views.access import requires


@require_safe
@requires(Permission.VIEW_DESK)
def dashboard(request: HttpRequest, lang: str) -> HttpResponse:
    context = {"board": view_dashboard(lang), "desk_part": "dashboard"}
    return render(request, "desk/dashboard.html", context)
