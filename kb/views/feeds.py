"""Feeds, with answers for readers who have the newest already."""

import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_safe

from kb.models import Article, Translation
from kb.reading.feeds import changed_at, feed_of_articles, feed_of_changes, feed_of_revisions
from kb.reading.listing import choose_title
from kb.tagging import find_tag
from snippets.models import Verification


def _site_changed(request: HttpRequest, lang: str) -> datetime.datetime | None:
    return changed_at(Article.objects.all())


@require_safe
@condition(last_modified_func=_site_changed)
def site_feed(request: HttpRequest, lang: str) -> HttpResponse:
    articles = Article.objects.all()
    return _articles_answer(request, articles, lang, _("Zhiyan"), reverse("home", args=[lang]))


def _tag_changed(request: HttpRequest, lang: str, name: str) -> datetime.datetime | None:
    return changed_at(Article.objects.filter(tags__slug=name))


@require_safe
@condition(last_modified_func=_tag_changed)
def tag_feed(request: HttpRequest, lang: str, name: str) -> HttpResponse:
    tag = find_tag(name)
    if tag is None or tag.slug != name:
        raise Http404(f"no tag {name!r}")
    title = f"{tag.name_zh if lang == 'zh' else tag.name_en} · {_('Zhiyan')}"
    articles = Article.objects.tagged([tag])
    return _articles_answer(request, articles, lang, title, reverse("tag", args=[lang, name]))


def _article_changed(request: HttpRequest, lang: str, article_id: int) -> datetime.datetime | None:
    return changed_at(Article.objects.filter(pk=article_id))


@require_safe
@condition(last_modified_func=_article_changed)
def article_feed(request: HttpRequest, lang: str, article_id: int) -> HttpResponse:
    article = Article.objects.filter(pk=article_id).first()
    if article is None:
        raise Http404(f"no article {article_id}")
    texts = Translation.objects.filter(post__article=article, post__position=0, title__gt="")
    title = choose_title(dict(texts.values_list("language", "title")), lang)
    path = reverse("article", args=[lang, article.pk, article.slug])
    return _answer(feed_of_revisions(article, title=title.text, **_addresses(request, path, lang)))


def _verification_changed(request: HttpRequest, lang: str) -> datetime.datetime | None:
    last = Verification.objects.changes().values_list("checked_at", flat=True).first()
    return last if isinstance(last, datetime.datetime) else None


@require_safe
@condition(last_modified_func=_verification_changed)
def changes_feed(request: HttpRequest, lang: str) -> HttpResponse:
    """Answer what broke and what works again, for those who mend it."""
    addresses = _addresses(request, reverse("home", args=[lang]), lang)
    return _answer(feed_of_changes(title=_("What changed"), **addresses))


def _articles_answer(
    request: HttpRequest, articles: Any, lang: str, title: str, path: str
) -> HttpResponse:
    return _answer(feed_of_articles(articles, title=title, **_addresses(request, path, lang)))


def _addresses(request: HttpRequest, path: str, lang: str) -> dict[str, str]:
    root = request.build_absolute_uri("/")[:-1]
    return {
        "lang": lang,
        "address": root + path,
        "feed_address": root + request.path,
        "root": root,
    }


def _answer(feed: Any) -> HttpResponse:
    response = HttpResponse(
        feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"
    )
    response["Cache-Control"] = "public, max-age=300"
    return response
