"""Atom feeds: an entry's id is the same for good, whatever the site's address becomes."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from kb.languages import BY_PATH, html_lang
from kb.models import Article, PostSnippet, Revision, Translation
from kb.reading.describing import description_of
from kb.reading.listing import choose_title
from kb.xmltext import for_xml
from snippets import wording
from snippets.models import Verification

ENTRIES = 30


class Feed(Atom1Feed):
    """A feed that no entry can break: a program's message may hold any character."""

    def add_item(self, title: str, link: str, description: str, *args: Any, **values: Any) -> None:
        super().add_item(for_xml(title), link, for_xml(description), *args, **values)


def feed_of_articles(
    articles: QuerySet[Article],
    *,
    lang: str,
    title: str,
    address: str,
    feed_address: str,
    root: str,
) -> Feed:
    """Return the articles written or changed last, those that the language has."""
    texts = Translation.objects.defer("markdown")
    found = (
        articles.filter(posts__position=0, posts__translations__language=BY_PATH[lang])
        .order_by("-updated_at", "-pk")
        .prefetch_related(Prefetch("posts__translations", queryset=texts))[:ENTRIES]
    )
    feed = _feed(title, address, feed_address, lang)
    for article in found:
        titles = {text.language: text.title for post in article.posts.all()[:1]
                  for text in post.translations.all() if text.title}  # fmt: skip
        feed.add_item(
            title=choose_title(titles, lang).text,
            link=root + reverse("article", args=[lang, article.pk, article.slug]),
            description=description_of(article, lang),
            unique_id=f"urn:zhiyan:{lang}:article:{article.pk}",
            pubdate=article.created_at,
            updateddate=article.updated_at,
        )
    return feed


def feed_of_revisions(
    article: Article, *, lang: str, title: str, address: str, feed_address: str, root: str
) -> Feed:
    """Return what was written in an article lately, a revision an entry."""
    revisions: Iterable[Revision] = (
        Revision.objects.filter(
            translation__post__article=article, translation__language=BY_PATH[lang]
        )
        .select_related("translation__post")
        .order_by("-pk")[:ENTRIES]
    )
    feed = _feed(title, address, feed_address, lang)
    for revision in revisions:
        post = revision.translation.post
        where = _("Answer %(number)d") % {"number": post.position} if post.position else title
        query = f"?to={revision.number}"
        feed.add_item(
            title=f"{where} · {revision.number}",
            link=root + reverse("changes", args=[lang, post.pk, lang]) + query,
            description=revision.comment,
            unique_id=f"urn:zhiyan:{lang}:revision:{revision.pk}",
            pubdate=revision.created_at,
            updateddate=revision.created_at,
        )
    return feed


def changed_at(articles: QuerySet[Article]) -> datetime.datetime | None:
    """Return when a feed of these last changed."""
    return articles.order_by("-updated_at").values_list("updated_at", flat=True).first()


def feed_of_changes(*, lang: str, title: str, address: str, feed_address: str, root: str) -> Feed:
    """Return what broke and what works again, a verification an entry."""
    changes = list(
        Verification.objects.changes()
        .select_related("snippet")
        .filter(snippet__placements__isnull=False)
        .distinct()[:ENTRIES]
    )
    places = {
        place.snippet_id: place.post.article
        for place in PostSnippet.objects.filter(
            snippet__in=[one.snippet_id for one in changes]
        ).select_related("post__article")
    }
    feed = _feed(title, address, feed_address, lang)
    for one in changes:
        article = places[one.snippet_id]
        page = reverse("article", args=[lang, article.pk, article.slug])
        what = Verification.Change(one.change).label
        outcome = Verification.Outcome(one.judged).label
        feed.add_item(
            title=_("%(name)s: %(what)s")
            % {"name": f"{one.snippet} · {one.runtime}", "what": what},
            link=f"{root}{page}#snippet-{one.snippet_id}",
            description=_("%(outcome)s. %(reason)s")
            % {"outcome": outcome, "reason": wording.explain(one.reason)}
            if one.reason
            else str(outcome),
            unique_id=f"urn:zhiyan:{lang}:verification:{one.pk}",
            pubdate=one.checked_at,
            updateddate=one.checked_at,
        )
    return feed


def _feed(title: str, address: str, feed_address: str, lang: str) -> Feed:
    return Feed(
        title=title,
        link=address,
        description="",
        language=html_lang(BY_PATH[lang]),
        feed_url=feed_address,
        feed_guid=f"urn:zhiyan:feed:{feed_address.partition('://')[2].partition('/')[2]}",
    )
