"""A snippet's bench: what is known of its code, and trying, saving, accepting, taking back."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kb.curation import snippets as curating
from kb.desk.benching import BenchForm, Stretch, places_of, stretch_of
from kb.desk.registry import QUEUES
from kb.models import AuditEntry, SharedSetup
from kb.people.roles import Permission
from kb.views.access import requires
from kb.views.desk.place import back_address, filters_of
from snippets import trying
from snippets.accepting import NotAcceptable
from snippets.bench import OBSTACLES, load_bench
from snippets.curating import said_of
from snippets.history import spells_of, tell_turns
from snippets.models import Run, Snippet, Trial
from snippets.views import pages

DEEDS_SHOWN = 8


@require_safe
@requires(Permission.CURATE_SNIPPETS)
def bench(request: HttpRequest, lang: str, snippet_id: int) -> HttpResponse:
    snippet = _snippet(snippet_id)
    trial = Trial.objects.filter(snippet=snippet, public_id=request.GET.get("trial", "")).first()
    curated = trying.curated_of(trial) if trial else said_of(snippet.digest)
    return _page(request, lang, snippet, BenchForm(snippet, curated), trial)


@require_POST
@requires(Permission.CURATE_SNIPPETS)
def try_curation(request: HttpRequest, lang: str, snippet_id: int) -> HttpResponseBase:
    """Run what the form says on every runtime that fits; nothing is saved."""
    snippet = _snippet(snippet_id)
    form = BenchForm(snippet, said_of(snippet.digest), request.POST)
    if not form.is_valid():
        return _invalid(request, lang, snippet, form)
    trial = trying.request_trial(snippet=snippet, curated=form.curated(), user=request.user)
    page = _address(request, lang, snippet, trial=trial.public_id)
    if not pages.wants_json(request):
        return pages.see_other(page)
    addresses = {
        "page": page,
        "rows": reverse("desk-trial-rows", args=[lang, trial.public_id]),
        "events": reverse("desk-trial-events", args=[lang, trial.public_id]),
    }
    return JsonResponse(addresses, status=HTTPStatus.ACCEPTED)


@require_POST
@requires(Permission.CURATE_SNIPPETS)
def save(request: HttpRequest, lang: str, snippet_id: int) -> HttpResponseBase:
    snippet = _snippet(snippet_id)
    form = BenchForm(snippet, said_of(snippet.digest), request.POST)
    if not form.is_valid():
        return _invalid(request, lang, snippet, form)
    if curating.save_curation(user=request.user, snippet=snippet, curated=form.curated()):
        messages.success(request, _("Saved. It is being verified on every runtime that fits."))
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect(_address(request, lang, snippet))


@require_POST
@requires(Permission.CURATE_SNIPPETS)
def accept(request: HttpRequest, lang: str, snippet_id: int) -> HttpResponse:
    """Make what a run printed the claim."""
    snippet = _snippet(snippet_id)
    run = get_object_or_404(Run, public_id=request.POST.get("run", ""))
    try:
        curating.accept_printed(user=request.user, snippet=snippet, run=run)
    except NotAcceptable as error:
        reason = OBSTACLES[error.obstacle]
        messages.error(request, _("Not accepted: %(reason)s.") % {"reason": reason})
    else:
        messages.success(
            request,
            _("Accepted as what it prints. It is verified under two seeds: random values are "
              "held to their form alone."),
        )  # fmt: skip
    return redirect(_address(request, lang, snippet))


@require_POST
@requires(Permission.CURATE_SNIPPETS)
def undo(request: HttpRequest, lang: str, snippet_id: int) -> HttpResponse:
    snippet = _snippet(snippet_id)
    if curating.take_back(user=request.user, snippet=snippet):
        messages.success(request, _("Taken back. Undo once more brings it here again."))
    else:
        messages.info(request, _("There is nothing to take back."))
    return redirect(_address(request, lang, snippet))


def _snippet(snippet_id: int) -> Snippet:
    return get_object_or_404(Snippet.objects.select_related("suggested"), pk=snippet_id)


def _page(
    request: HttpRequest,
    lang: str,
    snippet: Snippet,
    form: BenchForm,
    trial: Trial | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    queue = request.POST.get("queue", request.GET.get("queue", ""))
    deeds = AuditEntry.objects.filter(target_kind="snippet", target_id=snippet.pk)
    spells = spells_of(snippet.pk)
    context: dict[str, Any] = {
        "snippet": snippet,
        "form": form,
        "trial": trial,
        "bench": load_bench(snippet, trial),
        "said": said_of(snippet.digest),
        "spells": spells,
        "turns": tell_turns(spells),
        "places": places_of(snippet, lang),
        "stretch": _stretch(request, lang, queue, snippet),
        "shared": SharedSetup.objects.filter(scope__in=curating.scopes_of(snippet)),
        "deeds": deeds[:DEEDS_SHOWN],
        "desk_part": "queues",
    }
    return render(request, "desk/bench.html", context, status=status)


def _stretch(request: HttpRequest, lang: str, queue: str, snippet: Snippet) -> Stretch | None:
    if queue not in QUEUES:
        return None
    back = back_address(request, lang, queue, done=[snippet.pk])
    filters = filters_of(request, queue)
    return stretch_of(queue, snippet.pk, lang, filters=filters, back=back)


def _invalid(
    request: HttpRequest, lang: str, snippet: Snippet, form: BenchForm
) -> HttpResponseBase:
    if pages.wants_json(request):
        told = [
            _("%(name)s: %(what)s") % {"name": form[name].label, "what": " ".join(map(str, errors))}
            for name, errors in form.errors.items()
        ]
        return JsonResponse({"error": " ".join(told)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _page(request, lang, snippet, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _address(request: HttpRequest, lang: str, snippet: Snippet, **more: str) -> str:
    query = {"queue": request.POST.get("queue", ""), **more}
    told = urlencode({name: value for name, value in query.items() if value})
    return reverse("desk-bench", args=[lang, snippet.pk]) + (f"?{told}" if told else "")
