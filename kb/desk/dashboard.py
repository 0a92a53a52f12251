"""The dashboard: figures, drawn and as tables."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.desk import figures
from kb.desk.charts import Bar, Chart, Part, columns, percent_lines, share_bar
from kb.desk.figures import Age, Share, Trend, Working
from snippets.machinery import Machinery, look_at_machinery
from snippets.models import Run

AGE_LABELS = {
    "broken": gettext_lazy("articles whose code is broken"),
    "waiting": gettext_lazy("checks never done"),
    "stale": gettext_lazy("checks to be done again"),
    "reports": gettext_lazy("flags and suggested edits"),
    "tags": gettext_lazy("suggested tags"),
}
PURPOSE_TONES = {Run.Purpose.READER: "accent", Run.Purpose.VERIFICATION: "quiet"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class SharedBar:
    share: Share
    label: str
    bars: Sequence[Bar]


@dataclasses.dataclass(frozen=True, kw_only=True)
class AgeRow:
    label: Any
    age: Age
    days: int | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Hour:
    label: str
    counts: Sequence[int]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Dashboard:
    tags: Sequence[SharedBar]
    runtimes: Sequence[SharedBar]
    trend: Trend
    trend_chart: Chart
    ages: Sequence[AgeRow]
    hours: Sequence[Hour]
    hours_chart: Chart
    purposes: Sequence[tuple[str, Any]]  # tone, label
    working: Working
    machinery: Machinery


def view_dashboard(lang: str) -> Dashboard:
    """Return everything; the number of queries does not grow with the site."""
    found = figures.trend()
    hours = figures.runs_by_hour(timezone.now())
    labels = [f"{timezone.localtime(hour):%H}:00" for hour, _counts in hours]
    purposes = [(purpose, PURPOSE_TONES.get(purpose, "other")) for purpose in Run.Purpose]
    return Dashboard(
        tags=[_shared(one, lang) for one in figures.shares_by_tag()],
        runtimes=[_shared(one, lang) for one in figures.shares_by_runtime()],
        trend=found,
        trend_chart=percent_lines([("ok", found.shares)], [f"{day:%m-%d}" for day in found.days]),
        ages=[_age(one) for one in figures.backlog()],
        hours=[
            Hour(label=label, counts=[counts[purpose] for purpose, _tone in purposes])
            for label, (_hour, counts) in zip(labels, hours, strict=True)
        ],
        hours_chart=columns(
            [
                [
                    Part(count=counts[purpose], tone=tone, label=purpose.label)
                    for purpose, tone in purposes
                ]
                for _hour, counts in hours
            ],
            labels,
        ),
        purposes=[(tone, purpose.label) for purpose, tone in purposes],
        working=figures.working(),
        machinery=look_at_machinery(),
    )


def _shared(one: Share, lang: str) -> SharedBar:
    parts = [
        Part(count=one.green, tone="ok", label=_("works")),
        Part(count=one.red, tone="bad", label=_("fails")),
        Part(count=one.open, tone="none", label=_("not known")),
    ]
    names = {"zh": one.tag.name_zh, "en": one.tag.name_en} if one.tag else {}
    return SharedBar(share=one, label=names.get(lang, one.name), bars=share_bar(parts))


def _age(one: Age) -> AgeRow:
    days = (timezone.now() - one.since).days if one.since else None
    return AgeRow(label=AGE_LABELS[one.kind], age=one, days=days)
