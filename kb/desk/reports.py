"""What readers reported and suggested, and nobody decided on yet."""

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from kb.desk.queue import Queue
from kb.models import Report
from kb.roles import Permission


def open_reports() -> QuerySet[Report]:
    found: QuerySet[Report] = Report.objects.filter(status=Report.Status.OPEN)
    return found.order_by(F("post__article__view_count").desc(), "pk")


QUEUES = (
    Queue(
        slug="reports",
        group=_("Readers"),
        title=_("Flags and suggested edits"),
        description=_("What readers say is outdated, or should read otherwise."),
        permission=Permission.DECIDE_REPORTS,
        items=open_reports,
    ),
)
