"""Snippets that wait for a curator."""

from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from kb.desk.queue import Queue
from kb.models import PostSnippet
from kb.roles import Permission
from snippets.models import Snippet, Verification
from snippets.querysets import GREEN, RED
from snippets.reasons import Reason

Outcome = Verification.Outcome
GROUP = _("Code")


def placed() -> QuerySet[Snippet]:
    """Return the snippets that pages show, those with the most readers first."""
    places = PostSnippet.objects.filter(snippet=OuterRef("pk"))
    views = places.order_by().values("snippet").annotate(n=Sum("post__article__view_count"))
    readers = Coalesce(Subquery(views.values("n"), output_field=IntegerField()), 0)
    shown: QuerySet[Snippet] = Snippet.objects.filter(Exists(places)).annotate(readers=readers)
    return shown.order_by(F("readers").desc(), "pk")


def cells() -> QuerySet[Verification]:
    """Return the current cells of the snippet of an outer query."""
    found: QuerySet[Verification] = Verification.objects.current().filter(snippet=OuterRef("pk"))
    return found


def broken() -> QuerySet[Snippet]:
    return placed().filter(Exists(_once_green(cells().filter(outcome__in=RED))))


def differing() -> QuerySet[Snippet]:
    return placed().filter(Exists(cells().filter(outcome=Outcome.DIFFERS)))


def without_setup() -> QuerySet[Snippet]:
    missing = cells().filter(outcome__in=RED, reason_code=Reason.UNDEFINED_NAME)
    return placed().filter(Exists(missing), setup="", curated_setup="")


def never_working() -> QuerySet[Snippet]:
    """Return what fails and worked nowhere, for another reason than a missing set-up."""
    failing = cells().filter(outcome__in=RED).exclude(
        outcome__in=[Outcome.DIFFERS, Outcome.FLAKY]
    ).exclude(reason_code=Reason.UNDEFINED_NAME)  # fmt: skip
    ever = Verification.objects.filter(snippet=OuterRef("pk"), outcome__in=GREEN)
    return placed().filter(Exists(failing), ~Exists(ever))


def stale() -> QuerySet[Snippet]:
    return placed().filter(Exists(cells().filter(outcome=Outcome.STALE)))


def flaky() -> QuerySet[Snippet]:
    return placed().filter(Exists(cells().filter(outcome=Outcome.FLAKY)))


def never_verified() -> QuerySet[Snippet]:
    waiting = Exists(cells().filter(outcome=Outcome.WAITING))
    return placed().filter(Q(waiting) | ~Exists(cells()))


def _once_green(found: QuerySet[Verification]) -> QuerySet[Verification]:
    """Narrow to the cells of pairs that worked before."""
    earlier = Verification.objects.filter(
        snippet=OuterRef("snippet"),
        runtime=OuterRef("runtime"),
        pk__lt=OuterRef("pk"),
        outcome__in=GREEN,
    )
    return found.filter(Exists(earlier))


QUEUES = tuple(
    Queue(
        slug=slug,
        group=GROUP,
        title=title,
        description=description,
        permission=Permission.CURATE_SNIPPETS,
        items=items,
    )
    for slug, items, title, description in (
        ("broken", broken, _("Broken since it last worked"),
         _("It worked on this runtime once, and fails now.")),
        ("differs", differing, _("Differs from its claim"),
         _("It runs, and prints something else than its author says.")),
        ("without-setup", without_setup, _("Fragments without a set-up"),
         _("Names are missing that no set-up defines yet.")),
        ("never-worked", never_working, _("Never worked"),
         _("It fails on each runtime that fits, and always did.")),
        ("flaky", flaky, _("Works only sometimes"),
         _("Two runs of the same code ended differently.")),
        ("stale", stale, _("To be verified again"),
         _("The code, its set-up or a runtime changed since it was verified.")),
        ("never-verified", never_verified, _("Never verified"),
         _("Nothing was run yet on at least one runtime that fits.")),
    )
)  # fmt: skip
