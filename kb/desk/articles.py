"""Articles that came with an import or from an author, and that no curator has read."""

from collections.abc import Sequence

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kb.curation import deciding, reviewing
from kb.desk.queue import Action, Badge, Filters, Given, Queue, Row
from kb.languages import BY_PATH
from kb.models import Article, ImportJob
from kb.people.roles import Permission
from kb.reading.titles import name_articles

# What ships with the program was read before.
OURS = "content"
TONES = {"works": "ok", "broken": "bad"}


def unreviewed(filters: Filters) -> QuerySet[Article]:
    """Return them, those with the most readers first."""
    found: QuerySet[Article] = Article.objects.filter(reviewed_at=None).select_related("source")
    found = found.filter(Q(source=None) | ~Q(source__kind=OURS))
    if filters.tag:
        found = found.filter(tags=filters.tag)
    if filters.language:
        language = BY_PATH[filters.language]
        found = found.filter(
            posts__position=0, posts__translations__language=language
        ).distinct()  # fmt: skip
    return found.order_by(F("view_count").desc(), "pk")


def _rows(found: Sequence[Article], lang: str) -> list[Row]:
    names = name_articles({article.pk for article in found}, lang)
    return [
        Row(
            id=article.pk,
            title=names[article.pk].title.text,
            title_lang=names[article.pk].title.lang,
            address=names[article.pk].address,
            badges=[
                Badge(
                    label=Article.Health(article.health).label,
                    tone=TONES.get(article.health, "none"),
                )
            ],
            facts=_facts(article),
            readers=article.view_count,
        )
        for article in found
    ]


def _facts(article: Article) -> list[str]:
    source = article.source
    day = timezone.localtime(source.imported_at if source else article.created_at)
    said = [_kind(source.kind), source.author, source.licence] if source else [_("written here")]
    return [*(str(one) for one in said if one), day.strftime("%Y-%m-%d")]


def _kind(kind: str) -> str:
    known = kind in ImportJob.Format.values
    return str(ImportJob.Format(kind).label) if known else kind


def _assign(given: Given) -> int:
    if given.tag is None:
        return 0
    return deciding.assign_tag(article_ids=given.ids, tag=given.tag, why=given.why, user=given.user)


QUEUES = (
    Queue(
        slug="to-review",
        group=_("Articles"),
        title=_("Drafts and imports to review"),
        description=_("Articles that no curator has read yet."),
        help=_(
            "Open one in a new window, read it, then mark it as reviewed here. Source and licence "
            "stand beside each."
        ),
        permission=Permission.IMPORT_CONTENT,
        items=unreviewed,
        rows=_rows,
        filters=("tag", "language"),
        actions=(
            Action(
                name="reviewed",
                label=_("Mark as reviewed"),
                permission=Permission.IMPORT_CONTENT,
                do=lambda given: reviewing.mark_reviewed(
                    article_ids=given.ids, why=given.why, user=given.user
                ),
            ),
            Action(
                name="assign-tag",
                label=_("Add the tag"),
                permission=Permission.MANAGE_TAGS,
                needs_tag=True,
                do=_assign,
            ),
        ),
    ),
)
