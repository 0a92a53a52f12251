"""Lists of articles: all of them, those of a tag, those of several tags; and the tags."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from kb.models import Article, Tag
from kb.reading.caching import conditional
from kb.reading.choices import read_choices
from kb.reading.listing import list_articles
from kb.tagging import count_families, find_tag, matching_tags, tag_families

TAGS_TOGETHER = 3
"""More tags at once select next to nothing, and their combinations are endless."""
FILTER_CHARACTERS = 60


@require_safe
@conditional
def articles(request: HttpRequest, lang: str) -> HttpResponse:
    listing = list_articles(Article.objects.all(), lang=lang, choices=read_choices(request.GET))
    return render(request, "kb/articles.html", {"listing": listing})


@require_safe
@conditional
def tag_index(request: HttpRequest, lang: str) -> HttpResponse:
    text = request.GET.get("filter", "").replace("\0", "").strip()[:FILTER_CHARACTERS]
    tags = matching_tags(Tag.objects.counted().prefetch_related("synonyms"), text)
    totals = count_families()
    families = [(head, kin, totals.get(head.pk)) for head, kin in tag_families(tags)]
    context = {"families": families, "filter": text}
    return render(request, "kb/tags.html", context)


@require_safe
@conditional
def tag(request: HttpRequest, lang: str, name: str) -> HttpResponse:
    found = _tag_or_404(name)
    if found.slug != name:
        return redirect("tag", lang=lang, name=found.slug, permanent=True)
    return _tag_page(request, lang, [found])


@require_safe
@conditional
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
    listing = list_articles(articles, lang=lang, choices=read_choices(request.GET))
    context = {"tags": tags, "listing": listing, "narrower": _narrower(articles, tags)}
    if len(tags) == 1:
        context["children"] = tags[0].children.counted()
        context["synonyms"] = tags[0].synonyms.all()
        context["with_children"] = count_families(tags[0]).get(tags[0].pk, listing.total)
    else:
        context["fewer"] = [(tag, _address(lang, [t for t in tags if t != tag])) for tag in tags]
    return render(request, "kb/tag.html", context)


def _narrower(articles: QuerySet[Article], tags: list[Tag]) -> list[tuple[Tag, str]]:
    """Return the tags that go together with these, each with the names of all."""
    if len(tags) >= TAGS_TOGETHER:
        return []
    beside = Tag.objects.shared_by(articles).exclude(pk__in=[tag.pk for tag in tags])
    return [
        (tag, "+".join(sorted([tag.slug, *(chosen.slug for chosen in tags)])))
        for tag in beside[:12]
    ]


def _address(lang: str, tags: list[Tag]) -> str:
    if len(tags) == 1:
        return reverse("tag", args=[lang, tags[0].slug])
    return reverse("tagged", args=[lang, "+".join(tag.slug for tag in tags)])


def _tag_or_404(name: str) -> Tag:
    found = find_tag(name)
    if found is None:
        raise Http404(f"no tag {name!r}")
    return found
