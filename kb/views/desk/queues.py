"""The queues of the desk."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kb.desk.registry import count_queues
from kb.roles import Permission
from kb.views.access import requires


@require_safe
@requires(Permission.VIEW_DESK)
def index(request: HttpRequest, lang: str) -> HttpResponse:
    return render(request, "desk/index.html", {"groups": count_queues(request.user)})
