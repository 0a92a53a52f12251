"""How a snippet fared over time: since when it works or fails, and on what."""

import dataclasses
import datetime
from typing import Any

from snippets import presentation
from snippets.models import Verification
from snippets.presentation import Tone

JUDGEMENTS_AT_MOST = 200
PACKAGES = ("torch", "tensorflow_cpu", "tensorflow", "keras", "ydata_profiling", "numpy")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Spell:
    """A time during which the outcome on a runtime stayed the same."""

    runtime: str
    outcome: str
    outcome_label: Any
    tone: Tone
    reason_code: str
    first_at: datetime.datetime
    last_at: datetime.datetime
    packages: str  # torch 2.13.0, as its first run had it


def spells_of(snippet_id: int) -> list[Spell]:
    """Return the spells on each runtime, the latest first."""
    judgements = (
        Verification.objects.filter(snippet=snippet_id)
        .exclude(outcome__in=["waiting", "skipped"], last_outcome="")
        .select_related("run")
        .defer("run__code", "run__setup", "run__output")
        .order_by("-pk")[:JUDGEMENTS_AT_MOST]
    )
    open_spells: dict[str, Spell] = {}
    done: list[Spell] = []
    for one in reversed(list(judgements)):
        known = open_spells.get(one.runtime)
        if known and (known.outcome, known.reason_code) == (one.judged, one.reason_code):
            open_spells[one.runtime] = dataclasses.replace(known, last_at=one.checked_at)
            continue
        if known:
            done.append(known)
        open_spells[one.runtime] = _spell(one)
    return sorted([*done, *open_spells.values()], key=lambda spell: spell.first_at, reverse=True)


def _spell(one: Verification) -> Spell:
    return Spell(
        runtime=one.runtime,
        outcome=one.judged,
        outcome_label=Verification.Outcome(one.judged).label,
        tone=presentation.outcome_tone(one.judged),
        reason_code=one.reason_code,
        first_at=one.checked_at,
        last_at=one.checked_at,
        packages=_packages(one),
    )


def _packages(one: Verification) -> str:
    known = one.run.environment.get("packages", {}) if one.run else {}
    told = [f"{name.removesuffix('_cpu')} {known[name]}" for name in PACKAGES if name in known]
    return ", ".join(told[:2])
