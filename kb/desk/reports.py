"""What readers reported and suggested, and nobody decided on yet."""

from collections.abc import Sequence

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kb.curation import deciding
from kb.desk.addresses import new_tag_address, suggestion_address
from kb.desk.queue import Action, Badge, Filters, Given, Queue, Row
from kb.languages import BY_PATH
from kb.models import Language, Report, TagSuggestion
from kb.people.roles import Permission
from kb.reading.titles import name_articles
from kb.storing.keeping import IMPORT_KEY

GROUP = _("Readers")
NOTE_CHARACTERS = 300


def open_reports(filters: Filters) -> QuerySet[Report]:
    found: QuerySet[Report] = Report.objects.filter(status=Report.Status.OPEN)
    found = found.select_related("post", "user")
    if filters.language:
        found = found.filter(language=BY_PATH[filters.language])
    if filters.tag:
        found = found.filter(post__article__in=filters.tag.articles.all())
    return found.order_by(F("post__article__view_count").desc(), "pk")


def open_tags(filters: Filters) -> QuerySet[TagSuggestion]:
    found: QuerySet[TagSuggestion] = TagSuggestion.objects.filter(status=Report.Status.OPEN)
    found = found.select_related("article", "tag", "user")
    if filters.tag:
        found = found.filter(tag=filters.tag)
    return found.order_by(F("article__view_count").desc(), "pk")


def _rows_of_reports(found: Sequence[Report], lang: str) -> list[Row]:
    names = name_articles({report.post.article_id for report in found}, lang)
    return [
        Row(
            id=report.pk,
            title=names[report.post.article_id].title.text,
            title_lang=names[report.post.article_id].title.lang,
            address=_address(report, lang),
            note=_comment(report)[:NOTE_CHARACTERS],
            badges=[
                Badge(label=Report.Kind(report.kind).label, tone="warn"),
                Badge(label=Language(report.language).label),
            ],
            facts=_facts(report),
            readers=names[report.post.article_id].readers,
        )
        for report in found
    ]


def _comment(report: Report) -> str:
    # What an import says of a text that was edited here is ours to translate.
    return gettext(report.comment) if report.reporter_key == IMPORT_KEY else report.comment


def _address(report: Report, lang: str) -> str:
    if report.kind == Report.Kind.EDIT:
        return suggestion_address(lang, report.pk)
    return reverse("desk-report", args=[lang, report.pk])


def _facts(told: Report | TagSuggestion) -> list[str]:
    who = told.user.get_username() if told.user else str(_("a reader without an account"))
    return [who, timezone.localtime(told.created_at).strftime("%Y-%m-%d")]


def _rows_of_tags(found: Sequence[TagSuggestion], lang: str) -> list[Row]:
    names = name_articles({one.article_id for one in found}, lang)
    return [
        Row(
            id=one.pk,
            title=one.tag.slug if one.tag else one.name,
            address=names[one.article_id].address if one.tag else new_tag_address(lang, one.pk),
            detail=names[one.article_id].title.text,
            detail_lang=names[one.article_id].title.lang,
            detail_address=names[one.article_id].address,
            note=one.comment,
            badges=[] if one.tag else [Badge(label=_("no such tag yet"), tone="warn")],
            facts=_facts(one),
            readers=names[one.article_id].readers,
        )
        for one in found
    ]


def _decide_reports(given: Given, *, is_accepted: bool) -> int:
    return deciding.decide_reports(
        report_ids=given.ids, is_accepted=is_accepted, decision=given.why, user=given.user
    )


def _decide_tags(given: Given, *, is_accepted: bool) -> int:
    return deciding.decide_tags(
        suggestion_ids=given.ids, is_accepted=is_accepted, decision=given.why, user=given.user
    )


QUEUES = (
    Queue(
        slug="reports",
        group=GROUP,
        title=_("Flags and suggested edits"),
        description=_("What readers say is outdated, or should read otherwise."),
        help=_(
            "Open one to decide on it. Flags can be decided here too, several at once; a suggested "
            "edit is decided where its difference is shown."
        ),
        permission=Permission.DECIDE_REPORTS,
        items=open_reports,
        rows=_rows_of_reports,
        filters=("tag", "language"),
        actions=(
            Action(
                name="accept",
                label=_("Accept the flags: it was mended"),
                permission=Permission.DECIDE_REPORTS,
                needs_why=True,
                do=lambda given: _decide_reports(given, is_accepted=True),
            ),
            Action(
                name="decline",
                label=_("Decline the flags"),
                permission=Permission.DECIDE_REPORTS,
                needs_why=True,
                do=lambda given: _decide_reports(given, is_accepted=False),
            ),
        ),
    ),
    Queue(
        slug="tags",
        group=GROUP,
        title=_("Suggested tags"),
        description=_("Tags that readers and authors miss on an article."),
        help=_(
            "Open one that is not there yet to make it, with its names in both languages; then it "
            "is added at once."
        ),
        permission=Permission.MANAGE_TAGS,
        items=open_tags,
        rows=_rows_of_tags,
        filters=("tag",),
        actions=(
            Action(
                name="accept",
                label=_("Add the tag"),
                permission=Permission.MANAGE_TAGS,
                do=lambda given: _decide_tags(given, is_accepted=True),
            ),
            Action(
                name="decline",
                label=_("Decline"),
                permission=Permission.MANAGE_TAGS,
                needs_why=True,
                do=lambda given: _decide_tags(given, is_accepted=False),
            ),
        ),
    ),
)
