"""Texts that wait: for a translation, a reviewer, or one that has been left behind."""

import dataclasses
from collections.abc import Sequence

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kb.desk.addresses import editor_address
from kb.desk.queue import Action, Badge, Filters, Given, Queue, Row
from kb.editing.saving import agree_texts
from kb.languages import BY_PATH
from kb.models import Language, Post, SentBack, Translation
from kb.people.roles import Permission
from kb.reading.titles import Named, name_articles

GROUP = _("Texts")


def lacking_translation(filters: Filters) -> QuerySet[Post]:
    """Return the posts that one language lacks, those with the most readers first.

    A language is asked for: the posts that lack that one.
    """
    found: QuerySet[Post] = Post.objects.annotate(languages=Count("translations")).filter(
        languages__lt=len(Language.values), languages__gt=0
    )
    if filters.language:
        ours = Translation.objects.filter(post=OuterRef("pk"), language=BY_PATH[filters.language])
        found = found.filter(~Exists(ours))
    if filters.tag:
        found = found.filter(article__in=filters.tag.articles.all())
    return found.order_by(F("article__view_count").desc(), "article_id", "position")


def behind_source(filters: Filters) -> QuerySet[Translation]:
    """Return texts that the other language is ahead of, by readers × revisions behind."""
    other = Translation.objects.filter(post=OuterRef("post")).exclude(language=OuterRef("language"))
    ahead = other.filter(revision_number__gt=OuterRef("in_step_with"))
    found = _texts(filters).filter(Exists(ahead))
    behind = Subquery(other.values("revision_number")[:1]) - F("in_step_with")
    weight = (F("post__article__view_count") + 1) * behind
    return found.annotate(behind=behind, weight=weight).order_by(F("weight").desc(), "pk")


def to_review(filters: Filters) -> QuerySet[Translation]:
    """Return texts that translators wrote and no reviewer has read, or that were mended since."""
    found = _texts(filters).filter(review_since__isnull=False, sent_back=None)
    return found.order_by(F("post__article__view_count").desc(), "pk")


def sent_back(filters: Filters) -> QuerySet[Translation]:
    """Return texts that a reviewer left to their translators, with a note."""
    found = _texts(filters).filter(sent_back__isnull=False)
    found = found.select_related("post", "sent_back__user")
    return found.order_by(F("post__article__view_count").desc(), "pk")


def _texts(filters: Filters) -> QuerySet[Translation]:
    found: QuerySet[Translation] = Translation.objects.select_related("post")
    if filters.language:
        found = found.filter(language=BY_PATH[filters.language])
    if filters.tag:
        found = found.filter(post__article__in=filters.tag.articles.all())
    return found


def _rows_of_posts(found: Sequence[Post], lang: str) -> list[Row]:
    names = name_articles({post.article_id for post in found}, lang)
    known = Translation.objects.filter(post__in=[post.pk for post in found])
    languages = dict(known.values_list("post_id", "language"))
    return [
        _row(post, names[post.article_id], lang, badges=[_lacks(languages[post.pk])])
        for post in found
    ]


def _rows_of_texts(found: Sequence[Translation], lang: str) -> list[Row]:
    names = name_articles({text.post.article_id for text in found}, lang)
    return [
        _row(
            text.post,
            names[text.post.article_id],
            lang,
            id_=text.pk,
            badges=[Badge(label=Language(text.language).label), *_behind(text)],
        )
        for text in found
    ]


def _rows_of_sent_back(found: Sequence[Translation], lang: str) -> list[Row]:
    rows = zip(_rows_of_texts(found, lang), (text.sent_back for text in found), strict=True)
    return [
        dataclasses.replace(row, note=back.note, facts=[*row.facts, *_who_and_when(back)])
        for row, back in rows
    ]


def _who_and_when(back: SentBack) -> list[str]:
    who = back.user.get_username() if back.user else ""
    return list(filter(None, [who, timezone.localtime(back.at).strftime("%Y-%m-%d")]))


def _row(
    post: Post, name: Named, lang: str, *, badges: Sequence[Badge], id_: int | None = None
) -> Row:
    facts = [_("answer %(n)d") % {"n": post.position}] if post.role == Post.Role.ANSWER else []
    return Row(
        id=id_ or post.pk,
        title=name.title.text,
        title_lang=name.title.lang,
        address=editor_address(lang, post.pk),
        badges=badges,
        facts=facts,
        readers=name.readers,
    )


def _agree(given: Given) -> int:
    posts = Post.objects.filter(translations__in=given.ids).distinct().select_related("article")
    return sum(agree_texts(post=post, user=given.user) for post in posts)


def _lacks(present: str) -> Badge:
    is_zh = present == Language.ZH
    return Badge(label=_("no English yet") if is_zh else _("no Chinese yet"), tone="warn")


def _behind(text: Translation) -> list[Badge]:
    count = getattr(text, "behind", 0)
    told = ngettext("%(n)d revision behind", "%(n)d revisions behind", count) % {"n": count}
    return [Badge(label=told, tone="warn")] if count else []


QUEUES = (
    Queue(
        slug="missing-translations",
        group=GROUP,
        title=_("Missing translations"),
        description=_("Questions and answers that only one of the two languages has."),
        help=_("Open one and write the other language beside it."),
        permission=Permission.TRANSLATE,
        items=lacking_translation,
        rows=_rows_of_posts,
        filters=("tag", "language"),
    ),
    Queue(
        slug="behind",
        group=GROUP,
        title=_("Translations behind their source"),
        description=_("The other language was changed since; by readers and revisions."),
        help=_(
            "Open one: the editor shows what changed in the source since this text was written."
        ),
        permission=Permission.TRANSLATE,
        items=behind_source,
        rows=_rows_of_texts,
        filters=("tag", "language"),
        actions=(
            Action(
                name="agree",
                label=_("No change needed"),
                permission=Permission.TRANSLATE,
                do=_agree,
            ),
        ),
    ),
    Queue(
        slug="sent-back",
        group=GROUP,
        title=_("Translations sent back"),
        description=_("What a reviewer wants mended first; the note says what."),
        help=_("Open one and mend it. Once it is saved it waits for its review again."),
        permission=Permission.TRANSLATE,
        items=sent_back,
        rows=_rows_of_sent_back,
        filters=("tag", "language"),
    ),
    Queue(
        slug="translations-to-review",
        group=GROUP,
        title=_("Translations to review"),
        description=_("What translators wrote and nobody else has read."),
        help=_(
            "Open one, compare both languages, and accept it, or send it back with a note; nobody "
            "reviews their own."
        ),
        permission=Permission.REVIEW_TRANSLATIONS,
        items=to_review,
        rows=_rows_of_texts,
        filters=("tag", "language"),
    ),
)
