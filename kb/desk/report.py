"""A reader's flag beside what it is about."""

import dataclasses
from typing import Any

from django.urls import reverse

from kb.curation.reviewing import name_of
from kb.desk.addresses import bench_address, editor_address
from kb.models import PostSnippet, Report
from kb.reading.titles import Named, name_articles
from snippets.models import Verification
from snippets.presentation import outcome_tone


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fares:
    """A snippet of the post, and how it fares."""

    name: str
    address: str
    badges: list[dict[str, Any]]


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReportView:
    report: Report
    article: Named
    place: str  # the post on its article's page
    editor: str
    snippets: list[Fares]
    others: int  # other open flags on the same post


def view_report(report: Report, *, lang: str) -> ReportView:
    post = report.post
    named = name_articles([post.article_id], lang)[post.article_id]
    anchor = f"answer-{post.position}" if post.position else post.role
    same = Report.objects.filter(post=post, status=Report.Status.OPEN, kind=report.kind)
    return ReportView(
        report=report,
        article=named,
        place=reverse("article", args=[lang, post.article_id, post.article.slug]) + f"#{anchor}",
        editor=editor_address(lang, post.pk),
        snippets=_snippets(report, lang),
        others=same.exclude(pk=report.pk).count(),
    )


def _snippets(report: Report, lang: str) -> list[Fares]:
    places = PostSnippet.objects.filter(post=report.post_id).select_related("snippet")
    snippets = list({one.snippet_id: one.snippet for one in places.order_by("position")}.values())
    cells = Verification.objects.current().filter(snippet__in=snippets).order_by("runtime")
    badges: dict[int, list[dict[str, Any]]] = {snippet.pk: [] for snippet in snippets}
    for one in cells:
        badges[one.snippet_id].append(
            {
                "label": f"{one.runtime} · {Verification.Outcome(one.outcome).label}",
                "tone": outcome_tone(one.outcome).value,
            }
        )
    return [
        Fares(
            name=name_of(snippet),
            address=bench_address(lang, snippet.pk, ""),
            badges=badges[snippet.pk],
        )
        for snippet in snippets
    ]
