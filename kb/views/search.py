"""Searching, and what is offered while one types."""

import dataclasses

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kb.search.asking import read_asked
from kb.search.pages import view_search
from kb.search.searching import NoSuchPage
from kb.search.suggesting import suggest


@require_safe
def search(request: HttpRequest, lang: str) -> HttpResponse:
    try:
        page = view_search(read_asked(request.GET), lang=lang)
    except NoSuchPage as error:
        raise Http404(f"the results have no page {error}") from error
    return render(request, "kb/search.html", {"query": page.query, "page": page})


@require_safe
def suggestions(request: HttpRequest, lang: str) -> JsonResponse:
    found = suggest(text=request.GET.get("q", ""), lang=lang)
    return JsonResponse({"suggestions": [dataclasses.asdict(one) for one in found]})
