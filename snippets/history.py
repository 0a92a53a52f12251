"""How a snippet fared over time: since when it works or fails, and on what."""

import dataclasses
import datetime
import itertools
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from snippets import presentation, reason_names
from snippets.models import Verification
from snippets.presentation import Tone
from snippets.proofs import family_of, version_of
from snippets.querysets import GREEN, RED

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
    reason: str  # the same in a few words
    first_at: datetime.datetime
    last_at: datetime.datetime
    packages: str  # torch 2.13.0, as its first run had it
    last_packages: str = ""  # as its last run had it
    why: str = ""  # of what fails, in a few words


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
            open_spells[one.runtime] = dataclasses.replace(
                known, last_at=one.checked_at, last_packages=_packages(one)
            )
            continue
        if known:
            done.append(known)
        open_spells[one.runtime] = _spell(one)
    return sorted([*done, *open_spells.values()], key=lambda spell: spell.first_at, reverse=True)


def tell_turns(spells: Sequence[Spell]) -> list[str]:
    """Return in a sentence each where code stopped working: within a runtime, or from one
    runtime of a family to the next, whether the older one is still here or not.

    `spells` are those of `spells_of`.
    """
    by_runtime: dict[str, list[Spell]] = {}
    for spell in spells:
        by_runtime.setdefault(spell.runtime, []).append(spell)
    runtimes = sorted(by_runtime, key=lambda name: (family_of(name), version_of(name)))
    turns = [
        (by_runtime[older][0], by_runtime[newer][0])
        for older, newer in itertools.pairwise(runtimes)
        if family_of(older) == family_of(newer)
    ]
    turns += [(told[1], told[0]) for told in by_runtime.values() if len(told) > 1]
    return [sentence for pair in turns if (sentence := _turn(*pair))]


def _turn(older: Spell, newer: Spell) -> str:
    """Return that `older` worked and `newer` does not, unless both had the same packages."""
    old, new = (one.packages or one.runtime for one in (older, newer))
    old = older.last_packages or old
    if older.outcome not in GREEN or newer.outcome not in RED or old == new:
        return ""
    return _("Works on %(old)s, fails since %(new)s: %(why)s") % {
        "old": old,
        "new": new,
        "why": newer.why,
    }


def _spell(one: Verification) -> Spell:
    label = Verification.Outcome(one.judged).label
    return Spell(
        runtime=one.runtime,
        outcome=one.judged,
        outcome_label=label,
        tone=presentation.outcome_tone(one.judged),
        reason_code=one.reason_code,
        reason=reason_names.name_of(one.reason_code),
        first_at=one.checked_at,
        last_at=one.checked_at,
        packages=_packages(one),
        last_packages=_packages(one),
        why=reason_names.name_of(one.reason_code) or str(label),
    )


def _packages(one: Verification) -> str:
    known = one.run.environment.get("packages", {}) if one.run else {}
    told = [f"{name.removesuffix('_cpu')} {known[name]}" for name in PACKAGES if name in known]
    return ", ".join(told[:2])
