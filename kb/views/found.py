"""For those who come from elsewhere: robots, sitemaps, browsers' search boxes, oEmbed."""

from http import HTTPStatus
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from kb.languages import BY_PATH, TO_PATH
from kb.models import Article, Language, Tag, Translation

ARTICLES_PER_SITEMAP = 2000
EMBED_WIDTH, EMBED_HEIGHT = 720, 420
# Lists in another order and combinations of tags are endless, searches and runs are nobody's.
CLOSED_TO_ROBOTS = ("search", "runs/", "tagged/", "posts/", "status", "account/")


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *"]
    lines += [f"Disallow: /{lang}/{path}" for lang in BY_PATH for path in CLOSED_TO_ROBOTS]
    lines += [
        "Disallow: /accounts/",
        "Disallow: /api/",
        "Disallow: /admin/",
        "Disallow: /*?sort=",
        "Disallow: /*&sort=",
    ]
    lines += ["", f"Sitemap: {request.build_absolute_uri(reverse('sitemap-index'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=3600)
def sitemap_index(request: HttpRequest) -> HttpResponse:
    count = -(-Article.objects.count() // ARTICLES_PER_SITEMAP)
    names = ["tags", *(f"articles-{number}" for number in range(1, count + 1))]
    places = [request.build_absolute_uri(reverse("sitemap", args=[name])) for name in names]
    return render(
        request, "kb/sitemap_index.xml", {"places": places}, content_type="application/xml"
    )


@require_safe
@cache_control(public=True, max_age=3600)
def sitemap(request: HttpRequest, name: str) -> HttpResponse:
    """List pages in both languages, each with its twin."""
    root = request.build_absolute_uri("/")[:-1]
    if name == "tags":
        entries = [
            {"zh": f"{root}/zh/{path}", "en": f"{root}/en/{path}"}
            for path in ["", "q/", "tags/", *(f"tags/{slug}" for slug in _used_tags())]
        ]
    else:
        kind, _, number = name.partition("-")
        if kind != "articles" or not number.isdecimal() or not 0 < int(number[:6]) == int(number):
            raise Http404(f"no sitemap {name!r}")
        entries = _articles(int(number), root)
    if not entries:
        raise Http404(f"no sitemap {name!r}")
    return render(request, "kb/sitemap.xml", {"entries": entries}, content_type="application/xml")


def _used_tags() -> list[str]:
    return list(Tag.objects.popular().values_list("slug", flat=True))


def _articles(number: int, root: str) -> list[dict[str, str]]:
    first = (number - 1) * ARTICLES_PER_SITEMAP
    rows = Article.objects.order_by("pk").values_list("pk", "slug", "updated_at")
    shown = list(rows[first : first + ARTICLES_PER_SITEMAP])
    languages: dict[int, dict[str, str]] = {
        pk: {"updated": updated.date().isoformat()} for pk, _, updated in shown
    }
    slugs = {pk: slug for pk, slug, _ in shown}
    texts = Translation.objects.filter(post__article__in=slugs, post__position=0)
    for pk, language in texts.values_list("post__article_id", "language"):
        lang = TO_PATH[Language(language)]
        languages[pk][lang] = root + reverse("article", args=[lang, pk, slugs[pk]])
    return list(languages.values())


@require_safe
@cache_control(public=True, max_age=86_400)
def opensearch(request: HttpRequest, lang: str) -> HttpResponse:
    address = request.build_absolute_uri(reverse("search", args=[lang]))
    return render(
        request,
        "kb/opensearch.xml",
        {"address": address, "icon": request.build_absolute_uri("/static/icon.svg")},
        content_type="application/opensearchdescription+xml",
    )


@require_safe
@cache_control(public=True, max_age=3600)
def oembed(request: HttpRequest) -> HttpResponse:
    """Answer what to put in a page that names a snippet's address; only JSON is spoken."""
    if request.GET.get("format", "json") != "json":
        return HttpResponse(status=HTTPStatus.NOT_IMPLEMENTED)
    try:
        parts = urlsplit(request.GET.get("url", ""))
        match = resolve(parts.path)
    except (ValueError, Resolver404) as error:
        raise Http404("oembed: not an address of this site") from error
    if parts.netloc != request.get_host() or match.view_name != "snippets:snippet":
        raise Http404("oembed: not a snippet's address")
    lang, snippet_id = match.kwargs["lang"], match.kwargs["snippet_id"]
    place = request.build_absolute_uri(reverse("snippets:embed", args=[lang, snippet_id]))
    width = _at_most(request.GET.get("maxwidth", ""), EMBED_WIDTH)
    height = _at_most(request.GET.get("maxheight", ""), EMBED_HEIGHT)
    frame = (
        f'<iframe src="{place}" width="{width}" height="{height}" '
        'loading="lazy" title="Zhiyan" allow="clipboard-write"></iframe>'
    )
    return JsonResponse({
        "version": "1.0", "type": "rich", "provider_name": "Zhiyan",
        "provider_url": request.build_absolute_uri("/"), "html": frame,
        "width": width, "height": height, "cache_age": 3600,
    })  # fmt: skip


def _at_most(wanted: str, most: int) -> int:
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 6 else most
    return max(min(number, most), 200)
