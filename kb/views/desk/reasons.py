"""Saying at the bench that a snippet rightly fails, and taking that back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kb.curation import reviewing
from kb.desk.addresses import bench_address
from kb.people.roles import Permission
from kb.views.access import requires
from snippets.models import Snippet

WHY_CHARACTERS = 1000


@require_POST
@requires(Permission.CURATE_SNIPPETS)
def decide(request: HttpRequest, lang: str, snippet_id: int) -> HttpResponse:
    snippet = get_object_or_404(Snippet, pk=snippet_id)
    why = request.POST.get("why", "").strip()[:WHY_CHARACTERS]
    if request.POST.get("verdict") == "take-back":
        reviewing.take_back_reasons(snippet=snippet, why=why, user=request.user)
        messages.success(request, _("Taken back: it waits in its queue again."))
    elif not why:
        messages.error(request, _("Say why, in a few words: it is kept in the history."))
    else:
        reviewing.accept_reasons(snippet_ids=[snippet.pk], why=why, user=request.user)
        messages.success(request, _("Kept. It comes back when it fails otherwise."))
    return redirect(bench_address(lang, snippet.pk, request.POST.get("queue", "")[:40]))
