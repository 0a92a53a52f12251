"""Snippets as rows of a queue: code, where it is shown, how it fares on each runtime."""

from collections import defaultdict
from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from kb.curation.reviewing import name_of
from kb.desk.addresses import bench_address
from kb.desk.queue import Badge, Row
from kb.models import PostSnippet
from kb.reading.titles import Named, name_articles
from snippets import wording
from snippets.models import Snippet, Verification
from snippets.presentation import outcome_tone
from snippets.querysets import RED

NOTE_CHARACTERS = 200


def rows_of_snippets(found: Sequence[Snippet], *, lang: str, queue: str) -> list[Row]:
    """Return the rows with four queries."""
    ids = [snippet.pk for snippet in found]
    articles: dict[int, list[int]] = defaultdict(list)
    for snippet_id, article_id in PostSnippet.objects.filter(snippet__in=ids).values_list(
        "snippet_id", "post__article_id"
    ):
        if article_id not in articles[snippet_id]:
            articles[snippet_id].append(article_id)
    names = name_articles({id_ for some in articles.values() for id_ in some}, lang)
    cells: dict[int, list[Verification]] = defaultdict(list)
    for one in Verification.objects.current().filter(snippet__in=ids).order_by("runtime"):
        cells[one.snippet_id].append(one)
    return [
        _row(snippet, [names[id_] for id_ in articles[snippet.pk]], cells[snippet.pk], lang, queue)
        for snippet in found
    ]


def _row(
    snippet: Snippet, shown_by: list[Named], cells: list[Verification], lang: str, queue: str
) -> Row:
    best = max(shown_by, key=lambda one: one.readers, default=None)
    red = next((one for one in cells if one.judged in RED), None)
    facts = []
    if len(shown_by) > 1:
        facts.append(_("in %(n)d articles") % {"n": len(shown_by)})
    if checked := [one.checked_at for one in cells if one.outcome != "waiting"]:
        day = timezone.localtime(max(checked)).strftime("%Y-%m-%d")
        facts.append(_("checked on %(day)s") % {"day": day})
    return Row(
        id=snippet.pk,
        title=name_of(snippet)[:120],
        is_code=True,
        address=bench_address(lang, snippet.pk, queue),
        detail=best.title.text if best else "",
        detail_lang=best.title.lang if best else "",
        detail_address=best.address if best else "",
        note=wording.explain(red.reason)[:NOTE_CHARACTERS] if red else "",
        badges=[_badge(one) for one in cells],
        facts=facts,
        readers=getattr(snippet, "readers", 0),
    )


def _badge(one: Verification) -> Badge:
    label = Verification.Outcome(one.outcome).label
    return Badge(
        label=f"{one.runtime} · {label}",
        tone=outcome_tone(one.outcome).value,
        hint=wording.explain(one.reason)[:NOTE_CHARACTERS],
    )
