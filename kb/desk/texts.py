"""Texts that wait: for a translation, or for one that has been left behind."""

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from kb.desk.queue import Queue
from kb.models import Language, Post, Translation
from kb.roles import Permission

GROUP = _("Texts")


def lacking_translation() -> QuerySet[Post]:
    """Return the posts that one language lacks, those with the most readers first."""
    posts: QuerySet[Post] = Post.objects.annotate(languages=Count("translations"))
    found = posts.filter(languages__lt=len(Language.values), languages__gt=0)
    return found.order_by(F("article__view_count").desc(), "article_id", "position")


def behind_source() -> QuerySet[Translation]:
    """Return texts that the other language is ahead of, by readers × revisions behind."""
    other = Translation.objects.filter(post=OuterRef("post")).exclude(language=OuterRef("language"))
    ahead = other.filter(revision_number__gt=OuterRef("in_step_with"))
    behind = Subquery(other.values("revision_number")[:1]) - F("in_step_with")
    found: QuerySet[Translation] = Translation.objects.filter(Exists(ahead))
    found = found.annotate(behind=behind)
    weight = (F("post__article__view_count") + 1) * F("behind")
    return found.annotate(weight=weight).order_by(F("weight").desc(), "pk")


QUEUES = (
    Queue(
        slug="missing-translations",
        group=GROUP,
        title=_("Missing translations"),
        description=_("Only one of the two languages has these questions and answers."),
        permission=Permission.TRANSLATE,
        items=lacking_translation,
    ),
    Queue(
        slug="behind",
        group=GROUP,
        title=_("Translations behind their source"),
        description=_("The other language has been changed since; by readers and revisions."),
        permission=Permission.TRANSLATE,
        items=behind_source,
    ),
)
