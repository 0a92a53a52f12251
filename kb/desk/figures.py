"""The desk's figures: how much of the code works, since when, and what waits for how long."""

import bisect
import dataclasses
import datetime
import itertools
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.core.cache import cache
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    When,
    Window,
)
from django.db.models.functions import Lag, TruncHour
from django.utils import timezone

from kb.models import Article, PostSnippet, Report, Tag, TagSuggestion
from snippets.models import Batch, Run, Verification
from snippets.querysets import GREEN, RED

TAGS_SHOWN = 12
DAYS = 30
HOURS = 24
TREND_KEPT_SECONDS = 300
"""Reading a month of verifications takes longer than all the rest of the page."""
Outcome = Verification.Outcome


@dataclasses.dataclass(frozen=True, kw_only=True)
class Share:
    """How something's snippets fare: those that work, fail, and are not known yet."""

    name: str
    green: int
    red: int
    open: int
    tag: Tag | None = None

    @property
    def total(self) -> int:
        return self.green + self.red + self.open

    @property
    def percent(self) -> int:
        return round(100 * self.green / self.total) if self.total else 0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Age:
    """How many of something wait, and since when the oldest does."""

    kind: str
    count: int
    since: datetime.datetime | None


def shares_by_tag() -> list[Share]:
    """Return the tags with the most snippets; a snippet works where it does on any runtime."""
    current = Verification.objects.current().filter(snippet=OuterRef("snippet"))
    green = Exists(current.filter(outcome__in=GREEN))
    red = Exists(current.filter(outcome__in=RED))
    grouped = (
        PostSnippet.objects.filter(post__article__tags__isnull=False)
        .values("post__article__tags")
        .annotate(
            total=Count("snippet", distinct=True),
            works=Count("snippet", distinct=True, filter=green),
            fails=Count("snippet", distinct=True, filter=Q(red) & ~Q(green)),
        )
        .order_by("-total", "post__article__tags")[:TAGS_SHOWN]
    )
    rows = list(grouped)
    tags = Tag.objects.in_bulk([row["post__article__tags"] for row in rows])
    return [
        Share(
            name=tags[row["post__article__tags"]].slug,
            tag=tags[row["post__article__tags"]],
            green=row["works"],
            red=row["fails"],
            open=row["total"] - row["works"] - row["fails"],
        )
        for row in rows
    ]


def shares_by_runtime() -> list[Share]:
    counts: dict[str, Counter[str]] = {}
    placed = Exists(PostSnippet.objects.filter(snippet=OuterRef("snippet")))
    grouped = Verification.objects.current().filter(placed).values_list("runtime", "outcome")
    for name, outcome, number in grouped.annotate(n=Count("pk")).order_by("runtime"):
        counts.setdefault(name, Counter())[_colour(outcome)] += number
    return [
        Share(name=name, green=found["green"], red=found["red"], open=found["open"])
        for name, found in counts.items()
    ]


def _colour(outcome: str) -> str:
    if outcome in GREEN:
        return "green"
    return "red" if outcome in RED else "open"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Trend:
    """At the end of each day: of how many judged pairs of snippet and runtime how many worked."""

    days: Sequence[datetime.date]
    green: Sequence[int]
    judged: Sequence[int]

    @property
    def shares(self) -> list[float | None]:
        return [g / n if n else None for g, n in zip(self.green, self.judged, strict=True)]

    @property
    def rows(self) -> list[tuple[datetime.date, int, int]]:
        return list(zip(self.days, self.green, self.judged, strict=True))


def trend() -> Trend:
    """Return the last thirty days, read anew every few minutes."""
    today = timezone.localdate()
    name = f"desk:trend:{today}"
    found: Trend | None = cache.get(name)
    if found is None:
        found = _read_trend(today)
        cache.set(name, found, TREND_KEPT_SECONDS)
    return found


def _read_trend(today: datetime.date) -> Trend:
    """Add up, day by day, the pairs that were judged first and those that turned."""
    days = [today - datetime.timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    starts = [_midnight(day) for day in days]
    green, judged = [0] * (DAYS + 1), [0] * (DAYS + 1)  # the first: all that was before
    for works, worked, checked_at in _turns().iterator(chunk_size=5000):
        number = bisect.bisect_right(starts, checked_at)
        green[number] += works - (worked or 0)
        judged[number] += worked is None
    return Trend(
        days=days,
        green=list(itertools.accumulate(green))[1:],
        judged=list(itertools.accumulate(judged))[1:],
    )


def _turns() -> QuerySet:
    """Return what each judgement that changed something says, what the one before it did, when."""
    unjudged = Q(outcome__in=[Outcome.WAITING, Outcome.SKIPPED], last_outcome="")
    is_green = Q(last_outcome__in=GREEN) | Q(last_outcome="", outcome__in=GREEN)
    works = Case(When(is_green, then=1), default=0)
    before = Window(Lag("works"), partition_by=["snippet_id", "runtime"], order_by="pk")
    told = Verification.objects.exclude(unjudged).annotate(works=works).annotate(worked=before)
    changed = told.filter(Q(worked__isnull=True) | ~Q(worked=F("works"))).order_by()
    return changed.values_list("works", "worked", "checked_at")


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


def backlog() -> list[Age]:
    """Return what waits and since when: five queries."""
    opened = Report.Status.OPEN
    cells = Verification.objects.current()
    waiting = cells.filter(outcome=Outcome.WAITING).aggregate(n=Count("pk"), at=Min("checked_at"))
    stale = cells.filter(outcome=Outcome.STALE).aggregate(n=Count("pk"), at=Min("checked_at"))
    broken = Article.objects.filter(broke_at__isnull=False).aggregate(
        n=Count("pk"), at=Min("broke_at")
    )
    reports = Report.objects.filter(status=opened).aggregate(n=Count("pk"), at=Min("created_at"))
    tags = TagSuggestion.objects.filter(status=opened).aggregate(
        n=Count("pk"), at=Min("created_at")
    )
    found = {"broken": broken, "waiting": waiting, "stale": stale, "reports": reports, "tags": tags}
    return [Age(kind=kind, count=row["n"], since=row["at"]) for kind, row in found.items()]


def runs_by_hour(now: datetime.datetime) -> list[tuple[datetime.datetime, Counter[str]]]:
    """Return how many runs of each purpose were asked for in each of the last hours."""
    this = now.replace(minute=0, second=0, microsecond=0)
    first = this - datetime.timedelta(hours=HOURS - 1)
    counts: dict[datetime.datetime, Counter[str]] = {
        first + datetime.timedelta(hours=number): Counter() for number in range(HOURS)
    }
    grouped = (
        Run.objects.filter(queued_at__gte=first)
        .annotate(hour=TruncHour("queued_at", tzinfo=datetime.UTC))
        .values_list("hour", "purpose")
        .annotate(n=Count("pk"))
        .order_by("hour")
    )
    for hour, purpose, number in grouped:
        if hour in counts:
            counts[hour][purpose] += number
    return list(counts.items())


@dataclasses.dataclass(frozen=True, kw_only=True)
class Working:
    """What the database says of the machinery's work."""

    queued: int
    running: int
    batch: Any  # the batch of checks that is under way, if any
    stopped: int


def working() -> Working:
    runs = Run.objects.unfinished().aggregate(
        queued=Count("pk", filter=Q(status=Run.Status.QUEUED)),
        running=Count("pk", filter=Q(status=Run.Status.RUNNING)),
    )
    under_way = Batch.objects.filter(state=Batch.State.RUNNING, done__lt=F("total"))
    return Working(
        queued=runs["queued"],
        running=runs["running"],
        batch=under_way.first(),
        stopped=Batch.objects.filter(state=Batch.State.STOPPED).count(),
    )
