"""The queues of the desk."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from kb.desk.acting import NotDone, act
from kb.desk.batches import stopped_count
from kb.desk.page import Page, filter_values, read_filters, view_queue
from kb.desk.queue import Queue
from kb.desk.registry import QUEUES, count_queues
from kb.people.roles import Permission, may
from kb.views.access import requires
from kb.views.desk.place import back_address, keep_place


@require_safe
@requires(Permission.VIEW_DESK)
def index(request: HttpRequest, lang: str) -> HttpResponse:
    context = {
        "groups": count_queues(request.user),
        "stopped": stopped_count(),
        "desk_part": "queues",
    }
    return render(request, "desk/index.html", context)


@require_safe
@requires(Permission.VIEW_DESK)
def queue(request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    found = _queue_or_refusal(request, slug)
    page = view_queue(found, user=request.user, lang=lang, values=request.GET)
    keep_place(request, page)
    return _answer(request, page)


@require_POST
@requires(Permission.VIEW_DESK)
def act_on_queue(request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    """Do something to the rows that were chosen, and show what is left."""
    found = _queue_or_refusal(request, slug)
    try:
        count = act(found, user=request.user, values=request.POST)
    except NotDone as error:
        page = view_queue(found, user=request.user, lang=lang, values=request.POST)
        return _answer(request, page, problem=str(error))
    told = ngettext("Done for %(n)d.", "Done for %(n)d.", count) % {"n": count}
    messages.success(request, told) if count else messages.warning(request, _("Nothing changed."))
    query = filter_values(read_filters(found, request.POST))
    if number := request.POST.get("page"):
        query["page"] = number
    return redirect(back_address(request, lang, slug, done=_chosen(request), query=query))


def _answer(request: HttpRequest, page: Page, problem: str = "") -> HttpResponse:
    context = {
        "page": page,
        "problem": problem,
        "chosen": _chosen(request),
        "why": request.POST.get("why", ""),
        "desk_part": "queues",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return render(request, "desk/queue.html", context, status=status)


def _chosen(request: HttpRequest) -> set[int]:
    return {int(one) for one in request.POST.getlist("id") if one.isdecimal()}


def _queue_or_refusal(request: HttpRequest, slug: str) -> Queue:
    found = QUEUES.get(slug)
    if found is None:
        raise Http404(f"no queue {slug!r}")
    if not may(request.user, found.permission):
        raise PermissionDenied(f"needs {found.permission}")
    return found
