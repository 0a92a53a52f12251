"""How an article's snippets fare, in one line: what lists say, and what they sort by."""

import dataclasses
import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from snippets import presentation
from snippets.cards import Card, rank
from snippets.models import Verification
from snippets.presentation import Tone
from snippets.proofs import DECAY
from snippets.reasons import Reason


@dataclasses.dataclass(frozen=True, kw_only=True)
class Summary:
    """What a list says of an article's snippets."""

    snippets: int
    working: int
    failing: int  # the rest is not verified yet
    outcome: str  # the worst of the snippets' best outcomes
    outcome_label: Any
    tone: Tone
    checked_at: datetime.datetime | None  # of the oldest of those
    latest_at: datetime.datetime | None
    decays: tuple[tuple[Any, int], ...] = ()  # what has aged, and in how many snippets


class Judged(NamedTuple):
    """What a summary is made of: a snippet's outcome on one runtime."""

    snippet: int
    outcome: str
    checked_at: datetime.datetime
    reason_code: str


def summarise(ids_by_article: Mapping[int, Iterable[int]]) -> dict[int, Summary]:
    """Return a summary for each article that has snippets, with one query."""
    every = {id_ for ids in ids_by_article.values() for id_ in ids}
    rows = Verification.objects.current().filter(snippet__in=every).order_by()
    fields = ("snippet_id", "outcome", "checked_at", "reason_code")
    return _summaries(ids_by_article, (Judged(*row) for row in rows.values_list(*fields)))


def summarise_cards(
    ids_by_text: Mapping[int, Iterable[int]], cards: Mapping[int, Card]
) -> dict[int, Summary]:
    """Do the same from cards that are at hand."""
    cells = ((card.id, cell) for card in cards.values() for cell in card.cells)
    return _summaries(
        ids_by_text,
        (
            Judged(snippet, cell.outcome, cell.checked_at, cell.reason_code)
            for snippet, cell in cells
            if cell.checked_at
        ),
    )


def _summaries(
    ids_by_text: Mapping[int, Iterable[int]], judged: Iterable[Judged]
) -> dict[int, Summary]:
    best: dict[int, Judged] = {}
    aged: dict[int, set[str]] = defaultdict(set)
    for one in judged:
        if one.reason_code in DECAY:
            aged[one.snippet].add(one.reason_code)
        other = best.get(one.snippet, one)
        best[one.snippet] = min(one, other, key=lambda it: (rank(it.outcome), it.checked_at))
    wanted = {text: set(ids) for text, ids in ids_by_text.items()}
    return {text: _summary(ids, best, aged) for text, ids in wanted.items() if ids}


def _summary(ids: set[int], best: Mapping[int, Judged], aged: Mapping[int, set[str]]) -> Summary:
    counts = Counter(code for snippet in ids for code in aged.get(snippet, ()))
    known = [best[snippet] for snippet in ids if snippet in best]
    outcomes = [one.outcome for one in known] or [Verification.Outcome.WAITING.value]
    worst = max(outcomes, key=rank)
    tones = [presentation.outcome_tone(one.outcome) for one in known]
    times = [one.checked_at for one in known if one.outcome not in {"waiting", "skipped"}]
    return Summary(
        snippets=len(ids),
        working=tones.count(Tone.OK),
        failing=tones.count(Tone.WARN) + tones.count(Tone.BAD),
        outcome=worst,
        outcome_label=Verification.Outcome(worst).label,
        tone=presentation.outcome_tone(worst),
        checked_at=min(times, default=None),
        latest_at=max(times, default=None),
        decays=tuple((DECAY[Reason(code)], count) for code, count in counts.most_common()),
    )
