"""A snippet's own page, and its code as a file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from snippets.cards import load_cards
from snippets.history import spells_of, tell_turns
from snippets.models import Snippet
from snippets.verification import whole_program


@require_GET
def show_snippet(request: HttpRequest, lang: str, snippet_id: int) -> HttpResponse:
    card = load_cards([snippet_id]).get(snippet_id)
    if card is None:
        raise Http404
    spells = spells_of(snippet_id)
    context = {"lang": lang, "card": card, "spells": spells, "turns": tell_turns(spells)}
    return render(request, "snippets/snippet.html", context)


@require_GET
def download_snippet(request: HttpRequest, lang: str, snippet_id: int) -> HttpResponse:
    snippet = get_object_or_404(Snippet, pk=snippet_id)
    name = snippet.name if snippet.name.endswith(".py") else f"snippet-{snippet.pk}.py"
    response = HttpResponse(whole_program(snippet), content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response
