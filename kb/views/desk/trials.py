"""A trial as it goes on: its rows, the events that say when to read them again, its end."""

from http import HTTPStatus
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from kb.people.roles import Permission, may
from kb.views.access import requires
from snippets import trying
from snippets.bench import load_bench
from snippets.models import Snippet, Trial
from snippets.views import pages
from snippets.views.events import message, stream_events


@require_safe
@requires(Permission.CURATE_SNIPPETS)
def saved_rows(request: HttpRequest, lang: str, snippet_id: int) -> HttpResponse:
    """Show the runtimes as they stand, while what was saved is being verified."""
    snippet = get_object_or_404(Snippet.objects.select_related("suggested"), pk=snippet_id)
    bench = load_bench(snippet, None)
    response = render(request, "desk/_bench_rows.html", {"bench": bench, "snippet": snippet})
    response["X-Waiting"] = "1" if bench.is_waiting else "0"
    return response


@require_safe
@requires(Permission.CURATE_SNIPPETS)
def trial_rows(request: HttpRequest, lang: str, public_id: str) -> HttpResponse:
    """Show the runtimes alone, for the page that shows the rest already."""
    trial = get_object_or_404(
        Trial.objects.select_related("snippet__suggested"), public_id=public_id
    )
    context = {"bench": load_bench(trial.snippet, trial), "snippet": trial.snippet}
    return render(request, "desk/_bench_rows.html", context)


@require_POST
@requires(Permission.CURATE_SNIPPETS)
def cancel(request: HttpRequest, lang: str, public_id: str) -> HttpResponseBase:
    """Stop what of a trial still waits or runs; what it gave already stays."""
    trial = get_object_or_404(Trial, public_id=public_id)
    trying.cancel_trial(trial=trial, user=request.user)
    if pages.wants_json(request):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    query = {"queue": request.POST.get("queue", ""), "trial": public_id}
    told = urlencode({name: value for name, value in query.items() if value})
    return pages.see_other(f"{reverse('desk-bench', args=[lang, trial.snippet_id])}?{told}")


async def trial_events(request: HttpRequest, lang: str, public_id: str) -> HttpResponseBase:
    """Stream an event whenever a runtime has begun or ended, and one when all have."""
    if request.method != "GET":
        return HttpResponse(status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET"})
    user = await request.auser()
    if not await sync_to_async(may)(user, Permission.CURATE_SNIPPETS):
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    trial = await Trial.objects.filter(public_id=public_id).afirst()
    if trial is None:
        raise Http404

    async def final(entry_id: str) -> bytes:
        return message("done", {}, entry_id)

    return stream_events(
        request, public_id, is_over=lambda: sync_to_async(trying.is_over)(trial), final=final
    )


trial_events.permission = Permission.CURATE_SNIPPETS  # type: ignore[attr-defined]  # as `requires` notes it
