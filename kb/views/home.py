"""The way in: `/` and the home page of each language."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from kb.languages import TO_PATH
from kb.models import Article, Language, Tag
from kb.reading.caching import conditional
from kb.reading.listing import first_articles
from kb.reading.oldaddresses import find_moved

ROWS_LATELY = 6
TAGS_BY_USE = 30


@require_safe
def choose_language(request: HttpRequest) -> HttpResponse:
    """Lead from `/` to the home page in the reader's language."""
    language = translation.get_language_from_request(request)
    lang = TO_PATH[Language(language)] if language in Language.values else "zh"
    query = request.META.get("QUERY_STRING", "")
    if query and (moved := find_moved("/", query, lang=lang)):
        return redirect(moved, permanent=True)
    response = redirect("home", lang=lang)
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response


@require_safe
@conditional
def home(request: HttpRequest, lang: str) -> HttpResponse:
    articles = Article.objects.all()
    verified = first_articles(articles.lately_verified(), lang=lang, count=ROWS_LATELY)
    newest = articles.order_by("-created_at", "-pk")
    context = {
        "verified": verified,
        "newest": [] if verified else first_articles(newest, lang=lang, count=ROWS_LATELY),
        "broken": first_articles(articles.lately_broken(), lang=lang, count=ROWS_LATELY),
        "tags": Tag.objects.popular()[:TAGS_BY_USE],
        **articles.tally(),
    }
    return render(request, "kb/home.html", context)


@require_safe
@conditional
def show_help(request: HttpRequest, lang: str) -> HttpResponse:
    return render(request, "kb/help.html")
