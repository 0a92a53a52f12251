"""The article page, and what changed in its texts."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from kb.desk.deleted import find_deleted
from kb.feedback import votes_of
from kb.languages import BY_PATH
from kb.models import Article, Post
from kb.reading import viewcounts
from kb.reading.caching import conditional_on
from kb.reading.changes import view_changes
from kb.reading.describing import description_of, json_ld
from kb.reading.pages import has_been_removed, load_article, view_article
from kb.reading.versions import article_version
from kb.search.related import find_related
from kb.views.errors import gone

MODES = ("one", "both")
MODE_SECONDS = 365 * 24 * 3600


@require_safe
def article(request: HttpRequest, lang: str, article_id: int, slug: str = "") -> HttpResponse:
    response = _article(request, lang=lang, article_id=article_id, slug=slug)
    mode = request.GET.get("mode", "")
    if mode in MODES and mode != request.COOKIES.get("mode"):
        response.set_cookie(
            "mode", mode, max_age=MODE_SECONDS, samesite="Lax", secure=settings.HTTPS
        )
    if response.status_code in {200, 304} and request.method == "GET":
        viewcounts.note_view(article_id, agent=request.headers.get("User-Agent", ""))
    return response


@conditional_on(lambda lang, article_id, slug: article_version(article_id))
def _article(request: HttpRequest, *, lang: str, article_id: int, slug: str) -> HttpResponse:
    try:
        found = load_article(article_id)
    except Article.DoesNotExist as error:
        deleted = find_deleted(article_id, lang)
        if deleted or has_been_removed(article_id):
            return gone(request, deleted)
        raise Http404(f"no article {article_id}") from error
    if slug != found.slug:
        query = request.GET.urlencode()
        address = reverse("article", args=[lang, found.pk, found.slug])
        return redirect(f"{address}?{query}" if query else address, permanent=True)
    mode = request.GET.get("mode") or request.COOKIES.get("mode")
    page = view_article(found, lang=lang, is_both=mode == "both")
    context = {
        "page": page,
        "is_both": mode == "both",
        "is_missing": lang not in page.languages,
        "related": find_related(
            article=found.pk,
            titles=[title.text for title in (page.title, page.twin) if title],
            tags=page.tags,
            lang=lang,
        ),
        "my_votes": votes_of(request.user, found),
        "description": description_of(found, lang),
        "picture": request.build_absolute_uri(static("card.png")),
        "json_ld": json_ld(
            found,
            lang=lang,
            name=page.title.text,
            address=request.build_absolute_uri(request.path),
        ),
    }
    return render(request, "kb/article.html", context)


@require_safe
def changes(request: HttpRequest, lang: str, post_id: int, path: str) -> HttpResponse:
    """Show what one revision of a text, or several, changed."""
    post = get_object_or_404(Post.objects.select_related("article"), pk=post_id)
    found = view_changes(
        post=post,
        language=BY_PATH[path],
        old=request.GET.get("from", ""),
        new=request.GET.get("to", ""),
    )
    if found is None:
        raise Http404(f"post {post_id} has no such revision in {path}")
    return render(request, "kb/changes.html", {"changes": found, "path": path, "post": post})
