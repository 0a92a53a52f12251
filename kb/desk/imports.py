"""Imports that failed, or left rows behind."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kb.curation import reviewing
from kb.desk.addresses import import_address
from kb.desk.queue import Action, Badge, Filters, Queue, Row
from kb.importers.wording import explain
from kb.models import ImportJob
from kb.people.roles import Permission

State = ImportJob.State


def failed(filters: Filters) -> QuerySet[ImportJob]:
    """Return the newest first; one that left rows out waits until somebody settles that."""
    with_errors = Q(state__in=[State.CHECKED, State.DONE], error_count__gt=0)
    waiting = Q(state=State.FAILED) | with_errors
    found: QuerySet[ImportJob] = ImportJob.objects.filter(waiting, settled_at=None)
    return found.select_related("requested_by").order_by("-pk")


def _rows(found: Sequence[ImportJob], lang: str) -> list[Row]:
    return [
        Row(
            id=job.pk,
            title=job.file_name,
            address=import_address(lang, job.pk),
            note=explain(job.failure),
            badges=[
                Badge(
                    label=State(job.state).label,
                    tone="bad" if job.state == State.FAILED else "warn",
                ),
                Badge(label=ImportJob.Format(job.format).label),
            ],
            facts=_facts(job),
        )
        for job in found
    ]


def _facts(job: ImportJob) -> list[str]:
    n = job.error_count
    errors = ngettext("%(n)d row with an error", "%(n)d rows with errors", n) % {"n": n}
    who = job.requested_by.get_username() if job.requested_by else ""
    day = timezone.localtime(job.created_at).strftime("%Y-%m-%d")
    return list(filter(None, [errors if n else "", who, day]))


QUEUES = (
    Queue(
        slug="failed-imports",
        group=_("Articles"),
        title=_("Failed imports"),
        description=_("Imports that stopped, or left rows behind."),
        help=_(
            "Open one to see what is wrong with which row, and to try again or discard it. Where "
            "nothing more is to be done, say why and settle it."
        ),
        permission=Permission.IMPORT_CONTENT,
        items=failed,
        rows=_rows,
        actions=(
            Action(
                name="settle",
                label=_("Settle it"),
                permission=Permission.IMPORT_CONTENT,
                needs_why=True,
                do=lambda given: reviewing.settle_imports(
                    job_ids=given.ids, why=given.why, user=given.user
                ),
            ),
        ),
    ),
)
