"""Pages of the knowledge base: access, form, one read, render."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from kb.languages import TO_PATH
from kb.listing import list_articles
from kb.models import Article, Language, Tag
from kb.pages import load_article, view_article
from kb.tagging import find_tag, tag_families

TAGS_TOGETHER = 3
"""More tags at once select next to nothing, and their combinations are endless."""
SEARCH_CHARACTERS = 200


@require_safe
def choose_language(request: HttpRequest) -> HttpResponse:
    """Lead from `/` to the home page in the reader's language."""
    language = translation.get_language_from_request(request)
    lang = TO_PATH[Language(language)] if language in Language.values else "zh"
    response = redirect("home", lang=lang)
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response


@require_safe
def home(request: HttpRequest, lang: str) -> HttpResponse:
    listing = list_articles(Article.objects.all(), lang=lang, page=request.GET.get("page", "1"))
    return render(request, "kb/home.html", {"listing": listing, "tags": Tag.objects.popular()[:24]})


@require_safe
def article(request: HttpRequest, lang: str, article_id: int, slug: str = "") -> HttpResponse:
    try:
        found = load_article(article_id)
    except Article.DoesNotExist as error:
        raise Http404(f"no article {article_id}") from error
    if slug != found.slug:
        query = request.GET.urlencode()
        address = reverse("article", args=[lang, found.pk, found.slug])
        return redirect(f"{address}?{query}" if query else address, permanent=True)
    is_both = request.GET.get("mode") == "both"
    page = view_article(found, lang=lang, is_both=is_both)
    return render(
        request,
        "kb/article.html",
        {"page": page, "is_both": is_both, "is_missing": lang not in page.languages},
    )


@require_safe
def tag_index(request: HttpRequest, lang: str) -> HttpResponse:
    return render(request, "kb/tags.html", {"families": tag_families(Tag.objects.counted())})


@require_safe
def tag(request: HttpRequest, lang: str, name: str) -> HttpResponse:
    found = _tag_or_404(name)
    if found.slug != name:
        return redirect("tag", lang=lang, name=found.slug, permanent=True)
    return _tag_page(request, lang, [found])


@require_safe
def tagged(request: HttpRequest, lang: str, names: str) -> HttpResponse:
    """Show the articles that have all of several tags, at one address for any order."""
    wanted = list(dict.fromkeys(filter(None, names.split("+"))))
    if len(wanted) > TAGS_TOGETHER:
        context = {"names": wanted[:12], "most": TAGS_TOGETHER}
        return render(request, "kb/too_many_tags.html", context, status=400)
    tags = sorted({_tag_or_404(name) for name in wanted}, key=lambda tag: tag.slug)
    if len(tags) < 2:
        return redirect("tag", lang=lang, name=tags[0].slug) if tags else redirect("tags", lang)
    canonical = "+".join(tag.slug for tag in tags)
    if names != canonical:
        return redirect(reverse("tagged", args=[lang, canonical]), permanent=True)
    return _tag_page(request, lang, tags)


def _tag_page(request: HttpRequest, lang: str, tags: list[Tag]) -> HttpResponse:
    articles = Article.objects.tagged(tags)
    listing = list_articles(articles, lang=lang, page=request.GET.get("page", "1"))
    beside = Tag.objects.shared_by(articles).exclude(pk__in=[tag.pk for tag in tags])
    narrower = (
        [(tag, "+".join(sorted([tag.slug, *(chosen.slug for chosen in tags)])))
         for tag in beside[:12]]
        if len(tags) < TAGS_TOGETHER
        else []
    )  # fmt: skip
    context = {"tags": tags, "listing": listing, "narrower": narrower}
    if len(tags) == 1:
        context["children"] = tags[0].children.counted()
    return render(request, "kb/tag.html", context)


def _tag_or_404(name: str) -> Tag:
    found = find_tag(name)
    if found is None:
        raise Http404(f"no tag {name!r}")
    return found


@require_safe
def search(request: HttpRequest, lang: str) -> HttpResponse:
    query = request.GET.get("q", "").replace("\0", "").strip()[:SEARCH_CHARACTERS]
    articles = Article.objects.matching(query) if query else Article.objects.none()
    listing = list_articles(articles, lang=lang, page=request.GET.get("page", "1"))
    return render(request, "kb/search.html", {"query": query, "listing": listing})
