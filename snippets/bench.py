"""What a snippet's bench shows: every runtime as it stands, and as a trial would have it."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sandbox import runtime
from snippets import accepting, claims, presentation, sessions, subjects, trying, wording
from snippets import code as codes
from snippets.accepting import Obstacle
from snippets.cards import Card, Cell, load_cards, rank
from snippets.models import Curation, Snippet, Trial, TrialCell, Verification
from snippets.presentation import Part, Tone
from snippets.proofs import DiffLine, diff_lines

WAITING = {Verification.Outcome.WAITING, Verification.Outcome.STALE}
OBSTACLES = {
    Obstacle.UNFINISHED: gettext_lazy("it did not run to its end"),
    Obstacle.SILENT: gettext_lazy("it printed nothing"),
    Obstacle.CUT: gettext_lazy("its output is too long to be a claim"),
    Obstacle.STAND_INS: gettext_lazy(
        "its output comes from stand-ins; write a set-up with real values first"
    ),
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tried:
    """A runtime's part of a trial."""

    label: Any
    tone: Tone
    is_over: bool
    outcome: str = ""
    reason: str = ""
    setup: str = ""
    setup_label: Any = ""
    output: tuple[Part, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    """A runtime: how the code stands on it, how it would, and what could be accepted."""

    runtime: str
    label: str
    now: Cell | None
    tried: Tried | None
    run_id: str  # the run whose output can be accepted, else empty
    obstacle: Any  # why none can

    @property
    def difference(self) -> str:
        """Return the reason where it goes on after its first line: claim against output."""
        reason = self.tried.reason if self.tried else self.now.reason if self.now else ""
        return reason if "\n" in reason else ""

    @property
    def turn(self) -> str:
        """Say whether saving makes it better or worse, where that is known."""
        if self.tried is None or not self.tried.outcome:
            return ""
        before = rank(self.now.outcome) if self.now else rank(Verification.Outcome.WAITING)
        after = rank(self.tried.outcome)
        return "better" if after < before else "worse" if after > before else ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Bench:
    card: Card
    rows: tuple[Row, ...]
    correction_rows: tuple[Row, ...]
    is_over: bool  # no cell of the trial is still to come
    trial_id: str  # of one that goes on, else empty
    is_waiting: bool  # something saved is still to be verified
    has_trial: bool
    setup: str  # what runs first, by the best outcome
    setup_label: Any
    claims: tuple[str, ...]
    correction: str  # the code, as proposed or saved
    correction_diff: tuple[DiffLine, ...]
    can_undo: bool


def load_bench(snippet: Snippet, trial: Trial | None) -> Bench:
    """Return what the page shows; a dozen queries, whatever the runtimes."""
    ids = [snippet.pk, *([snippet.suggested_id] if snippet.suggested_id else [])]
    cards = load_cards(ids)
    card, corrected = cards[snippet.pk], cards.get(snippet.suggested_id or 0)
    cells = list(trial.cells.select_related("run")) if trial else []
    shown = corrected.cells if corrected and snippet.is_suggestion_accepted else ()
    setup, origin = _setup_in_force(snippet, card)
    said = Curation.objects.filter(digest=snippet.digest).first()
    code = snippet.suggested.code if snippet.suggested else ""
    if trial and (tried := trying.correction_of(snippet, trying.curated_of(trial))):
        code = tried
    return Bench(
        card=card,
        rows=_rows(card.cells, [c for c in cells if not c.is_correction]),
        correction_rows=_rows(shown, [c for c in cells if c.is_correction]),
        is_over=trial is None or trying.is_over(trial),
        trial_id=trial.public_id if trial and not trying.is_over(trial) else "",
        is_waiting=trial is None and any(cell.outcome in WAITING for cell in (*card.cells, *shown)),
        has_trial=trial is not None,
        setup=setup,
        setup_label=presentation.origin_label(origin),
        claims=tuple(_claims(snippet)),
        correction=code,
        correction_diff=diff_lines(snippet.code, code) if code else (),
        can_undo=said is not None and said.previous is not None,
    )


def _setup_in_force(snippet: Snippet, card: Card) -> tuple[str, str]:
    if card.cells and card.best.setup_origin:
        return card.best.setup, card.best.setup_origin
    rungs = subjects.subject_of(snippet).rungs
    return (rungs[0].setup, rungs[0].origin) if rungs else ("", "")


def _claims(snippet: Snippet) -> Iterable[str]:
    """Yield what the author claims beside the output block, a line each."""
    if snippet.kind == Snippet.Kind.SESSION:
        yield from (text for _line, text in sessions.spans(sessions.read_session(snippet.code)))
        return
    for claim in claims.read_claims(codes.tidy(snippet.code)):
        if claim.is_comparison:
            yield _("line %(line)d: the comparison is true") % {"line": claim.line}
        else:
            yield _("line %(line)d: %(text)s") % {"line": claim.line, "text": claim.text}


def _rows(now: Sequence[Cell], cells: list[TrialCell]) -> tuple[Row, ...]:
    tried = {cell.runtime: cell for cell in cells}
    known = runtime.load_all()
    shown = {cell.runtime: cell for cell in now}
    names = dict.fromkeys([*shown, *tried])
    return tuple(
        _row(name, presentation.runtime_label(name, known), shown.get(name), tried.get(name))
        for name in names
    )


def _row(name: str, label: str, now: Cell | None, cell: TrialCell | None) -> Row:
    run, origin = (cell.run, cell.setup_origin) if cell and cell.is_over else (None, "")
    if cell is None and now is not None:
        run, origin = now.run, now.setup_origin
    obstacle = accepting.obstacle_to(run, origin)
    return Row(
        runtime=name,
        label=label,
        now=now,
        tried=_tried(cell) if cell else None,
        run_id=run.public_id if run and obstacle is None else "",
        obstacle=OBSTACLES[obstacle] if obstacle and run else "",
    )


def _tried(cell: TrialCell) -> Tried:
    if cell.outcome:
        label: Any = Verification.Outcome(cell.outcome).label
        tone = presentation.outcome_tone(cell.outcome)
    else:
        label = TrialCell.State(cell.state).label
        tone = Tone.BAD if cell.state == TrialCell.State.FAILED else Tone.NONE
    return Tried(
        label=label,
        tone=tone,
        is_over=cell.is_over,
        outcome=cell.outcome,
        reason=wording.explain(cell.reason),
        setup=cell.setup,
        setup_label=presentation.origin_label(cell.setup_origin),
        output=presentation.output_parts(cell.run if cell.is_over else None),
    )
