"""Snippets that wait for a curator."""

from collections.abc import Callable
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from kb.curation import reviewing
from kb.curation.explaining import unexplained
from kb.desk.queue import Action, Filters, Queue
from kb.desk.snippet_rows import rows_of_snippets
from kb.models import PostSnippet
from kb.people.roles import Permission
from snippets.models import Snippet, Verification
from snippets.querysets import GREEN, RED
from snippets.reasons import Reason

Outcome = Verification.Outcome
Cells = QuerySet[Verification]
GROUP = _("Code")


def _waiting(
    which: Callable[[Cells], Cells], *, also: Callable[[], Q] = lambda: Q(pk=None)
) -> Callable[[Filters], QuerySet[Snippet]]:
    """Return how to read the shown snippets of which a current cell is one of `which`.

    They come by readers × such cells. `also` names others that belong to them.
    """

    def items(filters: Filters) -> QuerySet[Snippet]:
        cells: Cells = which(Verification.objects.current().filter(snippet=OuterRef("pk")))
        places = PostSnippet.objects.filter(snippet=OuterRef("pk"))
        if filters.runtime:
            cells = cells.filter(runtime=filters.runtime)
        if filters.tag:
            places = places.filter(post__article__tags=filters.tag)
        shown: QuerySet[Snippet] = Snippet.objects.filter(Exists(places))
        # A runtime is asked for: what has no cell there does not wait for it.
        found = shown.filter(Q(Exists(cells)) | (Q(pk=None) if filters.runtime else also()))
        readers, count = _total(places, Sum("post__article__view_count")), _total(cells, Count("*"))
        weight = (readers + 1) * Greatest(count, 1)
        return found.annotate(readers=readers, weight=weight).order_by(F("weight").desc(), "pk")

    return items


def _total(rows: QuerySet, total: Sum | Count) -> Coalesce:
    grouped = rows.order_by().values("snippet").annotate(n=total).values("n")
    return Coalesce(Subquery(grouped, output_field=IntegerField()), 0)


def _once_green(cells: Cells) -> Cells:
    """Narrow to the cells of pairs that worked before."""
    earlier = Verification.objects.filter(
        snippet=OuterRef("snippet"),
        runtime=OuterRef("runtime"),
        pk__lt=OuterRef("pk"),
        outcome__in=GREEN,
    )
    return cells.filter(Exists(earlier))


def _broken(cells: Cells) -> Cells:
    return _once_green(unexplained(cells.filter(outcome__in=RED).exclude(outcome=Outcome.FLAKY)))


def _differing(cells: Cells) -> Cells:
    return unexplained(cells.filter(outcome=Outcome.DIFFERS))


def _lacking_setup(cells: Cells) -> Cells:
    missing = cells.filter(outcome__in=RED, reason_code=Reason.UNDEFINED_NAME)
    return unexplained(missing.filter(snippet__setup="", snippet__curated_setup=""))


def _never_working(cells: Cells) -> Cells:
    """Narrow to what fails and worked nowhere, for another reason than a missing set-up."""
    ever = Verification.objects.filter(snippet=OuterRef("snippet"), outcome__in=GREEN)
    failing = cells.filter(outcome__in=RED).exclude(outcome__in=[Outcome.DIFFERS, Outcome.FLAKY])
    lacks_setup = Q(reason_code=Reason.UNDEFINED_NAME, snippet__setup="", snippet__curated_setup="")
    return unexplained(failing.exclude(lacks_setup).filter(~Exists(ever)))


def _failing_elsewhere(cells: Cells) -> Cells:
    """Narrow to what works on another runtime, and never did on this one."""
    works = Verification.objects.current().filter(snippet=OuterRef("snippet"), outcome__in=GREEN)
    earlier = Verification.objects.filter(
        snippet=OuterRef("snippet"), runtime=OuterRef("runtime"), outcome__in=GREEN
    )
    failing = cells.filter(outcome__in=RED).exclude(outcome__in=[Outcome.DIFFERS, Outcome.FLAKY])
    return unexplained(failing.filter(Exists(works), ~Exists(earlier)))


def _stale(cells: Cells) -> Cells:
    return cells.filter(outcome=Outcome.STALE)


def _flaky(cells: Cells) -> Cells:
    return unexplained(cells.filter(outcome=Outcome.FLAKY))


def _waiting_cells(cells: Cells) -> Cells:
    return cells.filter(outcome=Outcome.WAITING)


def _without_cells() -> Q:
    return Q(~Exists(Verification.objects.current().filter(snippet=OuterRef("pk"))))


VERIFY = Action(
    name="verify",
    label=_("Verify again"),
    permission=Permission.CURATE_SNIPPETS,
    do=lambda given: reviewing.verify_again(snippet_ids=given.ids, why=given.why, user=given.user),
)
ACCEPT = Action(
    name="accept-reason",
    label=_("It rightly fails"),
    permission=Permission.CURATE_SNIPPETS,
    needs_why=True,
    do=lambda given: reviewing.accept_reasons(
        snippet_ids=given.ids, why=given.why, user=given.user
    ),
)
MEND = _(
    "Open the snippet, try a set-up or a correction, and save it. Where it rightly fails, say why: "
    "it comes back when it fails otherwise."
)
WAIT = _("The verifier takes these by itself; verify again those that you want first.")


def _queue(
    slug: str, title: Any, description: Any, items: Callable[[Filters], QuerySet], *, red: bool
) -> Queue:
    return Queue(
        slug=slug,
        group=GROUP,
        title=title,
        description=description,
        help=MEND if red else WAIT,
        permission=Permission.CURATE_SNIPPETS,
        items=items,
        rows=lambda found, lang: rows_of_snippets(found, lang=lang, queue=slug),
        filters=("tag", "runtime"),
        actions=(VERIFY, ACCEPT) if red else (VERIFY,),
    )


QUEUES = (
    _queue("broken", _("Broken since it last worked"),
           _("It worked on this runtime once, and fails now."),
           _waiting(_broken), red=True),
    _queue("differs", _("Differs from its claim"),
           _("It runs, and prints something else than its author says."),
           _waiting(_differing), red=True),
    _queue("without-setup", _("Fragments without a set-up"),
           _("Names are missing that no set-up defines yet."),
           _waiting(_lacking_setup), red=True),
    _queue("never-worked", _("Never worked"),
           _("It fails, and never worked on any runtime."),
           _waiting(_never_working), red=True),
    _queue("fails-elsewhere", _("Fails on some runtimes"),
           _("It works on one runtime, and never did on another that fits."),
           _waiting(_failing_elsewhere), red=True),
    _queue("flaky", _("Works only sometimes"),
           _("Two runs of the same code ended differently."),
           _waiting(_flaky), red=True),
    _queue("stale", _("To be verified again"),
           _("The code, its set-up or a runtime changed since it was verified."),
           _waiting(_stale), red=False),
    _queue("never-verified", _("Never verified"),
           _("Nothing was run yet on at least one runtime that fits."),
           _waiting(_waiting_cells, also=_without_cells), red=False),
)  # fmt: skip
