"""Snippets as pages show them, read with a constant number of queries."""

import dataclasses
import datetime
import functools
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from sandbox import Runtime, runtime
from snippets import highlighting, presentation, wording
from snippets.keys import fitting_runtimes
from snippets.models import Artifact, Run, Snippet, Verification
from snippets.presentation import Part, Tone
from snippets.proofs import ProofView, view_proof
from snippets.tables import Table, tables_by_run

# Reading a field costs, and times most: a page has thirty of these rows.
SHOWN_OF_VERIFICATIONS = (
    "snippet_id", "runtime", "outcome", "last_outcome", "reason", "reason_code", "setup",
    "setup_origin", "repairs", "checked_at",
)  # fmt: skip
SHOWN_OF_RUNS = ("public_id", "output", "truncated")
# The best first: a card shows the best outcome's output.
RANK = [
    Verification.Outcome.VERIFIED,
    Verification.Outcome.EXPECTED_ERROR,
    Verification.Outcome.RANDOM,
    Verification.Outcome.RUNS,
    Verification.Outcome.DIFFERS,
    Verification.Outcome.FLAKY,
    Verification.Outcome.TIMEOUT,
    Verification.Outcome.MEMORY,
    Verification.Outcome.FAILS,
    Verification.Outcome.NOT_RUNNABLE,
    Verification.Outcome.SKIPPED,
    Verification.Outcome.STALE,
    Verification.Outcome.WAITING,
]


class Moment(NamedTuple):
    """A time as a card shows it; written here, for a page has fifty and filters are slow."""

    iso: str
    day: str
    minute: str


def _moment(at: datetime.datetime | None) -> Moment:
    if at is None:
        return Moment("", "", "")
    local = timezone.localtime(at)
    return Moment(local.isoformat(), f"{local:%Y-%m-%d}", f"{local:%Y-%m-%d %H:%M}")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cell:
    """A snippet on one runtime."""

    runtime: str
    label: str
    outcome: str  # of Verification.Outcome; waiting where it was never run
    outcome_label: Any
    tone: Tone
    reason: str = ""
    reason_code: str = ""
    setup: str = ""
    setup_origin: str = ""
    checked_at: datetime.datetime | None = None
    run: Run | None = None

    @functools.cached_property
    def checked(self) -> Moment:
        is_waiting = self.outcome == Verification.Outcome.WAITING  # and was only asked for then
        return _moment(None if is_waiting else self.checked_at)

    @property
    def setup_label(self) -> Any:
        return presentation.origin_label(self.setup_origin)

    @property
    def shown_reason(self) -> str:
        """The reason, unless the output shown above it already says so."""
        return "" if self.run and self.reason in self.run.stderr else self.reason

    @property
    def short_label(self) -> str:
        return self.runtime.replace("-", " ")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Card:
    """What `snippets/card.html` shows; `cells` has the best outcome first."""

    id: int
    name: str
    code: str
    highlighted: SafeString
    is_runnable: bool
    cells: tuple[Cell, ...]
    output: tuple[Part, ...]
    figures: tuple[Artifact, ...]
    files: tuple[Artifact, ...]
    has_tables: bool = False
    tables: tuple[Table, ...] = ()
    proof: ProofView | None = None

    @property
    def ref(self) -> str:
        """The snippet's id, as addresses have it."""
        return str(self.id)

    @property
    def best(self) -> Cell:
        return self.cells[0]

    @property
    def best_run_id(self) -> int | None:
        run = self.cells[0].run if self.cells else None
        return run.pk if run else None

    @property
    def setup_html(self) -> SafeString:
        return mark_safe(highlighting.python_html(self.best.setup))  # noqa: S308 - Pygments escapes

    @property
    def rows(self) -> int:
        return min(max(self.code.count("\n") + 2, 4), 30)


def load_cards(ids: Iterable[int]) -> dict[int, Card]:
    """Return the cards of the snippets that exist: at most four queries, whatever their number."""
    # Without orders: Django takes longer to write one than Python to sort these few.
    figures = Artifact.objects.defer("data").order_by()
    verifications = (
        Verification.objects.current()
        .order_by()
        .select_related("run")
        .only(*SHOWN_OF_VERIFICATIONS, *(f"run__{name}" for name in SHOWN_OF_RUNS))
        .prefetch_related(Prefetch("run__artifacts", queryset=figures))
    )
    corrected = Verification.objects.current()
    snippets = (
        Snippet.objects.filter(pk__in=set(ids))
        .order_by()
        .select_related("suggested")
        .prefetch_related(
            Prefetch("verifications", queryset=verifications, to_attr="current_verifications"),
            Prefetch(
                "suggested__verifications", queryset=corrected, to_attr="correction_verifications"
            ),
        )
    )
    runtimes = runtime.load_all()
    cards = {snippet.pk: _card(snippet, runtimes) for snippet in snippets}
    found = tables_by_run(_runs_with_tables(cards.values()))
    return {
        id_: dataclasses.replace(card, tables=tuple(found.get(card.best_run_id or 0, ())))
        for id_, card in cards.items()
    }


def _runs_with_tables(cards: Iterable[Card]) -> list[int]:
    return [card.best_run_id for card in cards if card.has_tables and card.best_run_id]


def rank(outcome: str) -> int:
    return RANK.index(Verification.Outcome(outcome))


def _card(snippet: Snippet, runtimes: Mapping[str, Runtime]) -> Card:
    known: list[Verification] = getattr(snippet, "current_verifications", [])
    known.sort(key=lambda one: -one.pk)
    cells = [_cell(one, runtimes) for one in known]
    fitting_names = fitting_runtimes(snippet, runtimes)
    seen = {cell.runtime for cell in cells}
    cells += [_waiting(name, runtimes) for name in fitting_names if name not in seen]
    # Sorting keeps the order of equals: the best fitting runtime before the others.
    cells.sort(key=lambda cell: _position(cell.runtime, fitting_names))
    cells.sort(key=lambda cell: rank(cell.outcome))
    run = cells[0].run if cells else None
    order = [cell.runtime for cell in cells]
    known.sort(key=lambda one: order.index(one.runtime))
    artifacts = sorted(run.artifacts.all(), key=lambda one: one.pk) if run else []
    highlighted = snippet.highlighted or highlighting.python_html(snippet.code)
    return Card(
        id=snippet.pk,
        name=snippet.name,
        code=snippet.code,
        highlighted=mark_safe(highlighted),  # noqa: S308 - Pygments' own, which escapes
        is_runnable=bool(cells) and snippet.kind != Snippet.Kind.PYTHON2,
        cells=tuple(cells),
        output=presentation.output_parts(run),
        figures=tuple(one for one in artifacts if one.kind == "figure"),
        proof=view_proof(snippet, known, runtimes),
        files=tuple(one for one in artifacts if one.kind not in {"figure", "table"}),
        has_tables=any(one.kind == "table" for one in artifacts),
    )


def _cell(verification: Verification, runtimes: Mapping[str, Runtime]) -> Cell:
    return Cell(
        runtime=verification.runtime,
        label=presentation.runtime_label(verification.runtime, runtimes),
        outcome=verification.outcome,
        outcome_label=str(Verification.Outcome(verification.outcome).label),
        tone=presentation.outcome_tone(verification.outcome),
        reason=wording.explain(verification.reason),
        reason_code=verification.reason_code,
        setup=verification.setup,
        setup_origin=verification.setup_origin,
        checked_at=verification.checked_at,
        run=verification.run,
    )


def _waiting(name: str, runtimes: Mapping[str, Runtime]) -> Cell:
    waiting = Verification.Outcome.WAITING
    return Cell(
        runtime=name,
        label=presentation.runtime_label(name, runtimes),
        outcome=waiting.value,
        outcome_label=waiting.label,
        tone=Tone.NONE,
    )


def _position(name: str, order: list[str]) -> int:
    return order.index(name) if name in order else len(order)
