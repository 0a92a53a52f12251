"""What was done on the desk."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kb.desk.history import view_history
from kb.people.roles import Permission
from kb.views.access import requires


@require_safe
@requires(Permission.VIEW_DESK)
def history(request: HttpRequest, lang: str) -> HttpResponse:
    listing = view_history(request.GET, lang=lang)
    return render(request, "desk/history.html", {"listing": listing, "desk_part": "history"})
