"""What a card says of its snippet's proof: since when it fails, what was mended, a correction."""

import dataclasses
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sandbox import Runtime
from snippets import code as codes
from snippets import presentation
from snippets.models import Snippet, Verification
from snippets.presentation import Tone
from snippets.querysets import GREEN, RED
from snippets.reasons import Reason

# What has aged, in a few words; a reader sees these at a glance.
DECAY = {
    Reason.WEIGHTS_ONLY: gettext_lazy("torch.load refuses whole objects since PyTorch 2.6"),
    Reason.REMOVED_ARGUMENT: gettext_lazy("an argument is gone"),
    Reason.REMOVED_METHOD: gettext_lazy("a method is gone"),
    Reason.REMOVED_MODULE: gettext_lazy("a module is gone"),
    Reason.REMOVED_NAME: gettext_lazy("a function or class is gone"),
    Reason.NEW_KEYS: gettext_lazy("prints the same up to random values, and keys that are new"),
    Reason.PYTHON2: gettext_lazy("written for Python 2"),
    Reason.MISSING_PACKAGE: gettext_lazy("needs a package that is not here"),
    Reason.SYNTAX: gettext_lazy("cannot be read as Python"),
}
GONE = re.compile(r"(?:\{|argument |no attribute |recognized: \{|new keys )'(\w+)'")
REPAIRS = {
    "quotes": gettext_lazy("typographic quotes and signs straightened"),
    "magics": gettext_lazy("notebook commands left out"),
    "prompts": gettext_lazy("prompts left out"),
    "session": gettext_lazy("prompts left out, output compared"),
    "indentation": gettext_lazy("indentation straightened"),
    "bodies": gettext_lazy("empty bodies filled with pass"),
    "ellipsis": gettext_lazy("dots left out"),
    "output": gettext_lazy("pasted output cut off"),
    "return": gettext_lazy("wrapped in a function, for it returns"),
    "brackets": gettext_lazy("closing brackets that nothing opened left out"),
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class DiffLine:
    kind: str  # kept, gone, come
    text: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A correction of the author's code, with its own verdict."""

    snippet_id: int
    origin_label: Any
    note: SafeString
    diff: tuple[DiffLine, ...]
    outcome_label: Any
    tone: Tone
    runtime: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class ProofView:
    """What there is to say beside outcome and output; nothing of it is there for most snippets."""

    decay: str = ""
    tone: Tone = Tone.WARN
    repairs: tuple[Any, ...] = ()
    repaired: tuple[DiffLine, ...] = ()
    suggestion: Suggestion | None = None
    has_stand_ins: bool = False
    is_claim_accepted: bool = False


def view_proof(
    snippet: Snippet, cells: Sequence[Verification], runtimes: Mapping[str, Runtime]
) -> ProofView | None:
    """Return what a card adds to the best outcome, or None; `cells` are the current ones."""
    best = next((one for one in cells if one.outcome in GREEN), cells[0] if cells else None)
    suggestion = _suggestion(snippet, runtimes)
    decay = tell_decay(cells, runtimes)
    repairs = tuple(REPAIRS[name] for name in best.repairs if name in REPAIRS) if best else ()
    has_stand_ins = bool(best and best.setup_origin.endswith("stand-ins"))
    is_accepted = bool(snippet.curated_claim)
    if not (decay or repairs or suggestion or has_stand_ins or is_accepted):
        return None
    works = any(one.outcome in GREEN for one in cells)
    return ProofView(
        decay=decay,
        tone=Tone.WARN if works else Tone.BAD,
        repairs=repairs,
        repaired=diff_lines(snippet.code, best.run.code) if repairs and best and best.run else (),
        suggestion=suggestion,
        has_stand_ins=has_stand_ins,
        is_claim_accepted=is_accepted,
    )


def tell_decay(cells: Iterable[Verification], runtimes: Mapping[str, Runtime]) -> str:
    """Return in a sentence what no longer works and since which version, or nothing.

    Versions are compared within a family: `tf-2.15` and `tf-2.21`.
    """
    told = [one for one in cells if one.judged in {*GREEN, *RED}]
    aged = [one for one in told if one.judged in RED and one.reason_code in DECAY]
    if not aged:
        return ""
    first = min(aged, key=lambda one: version_of(one.runtime))
    why = str(DECAY[Reason(first.reason_code)])
    if names := _names_gone(one for one in aged if one.reason_code == first.reason_code):
        why = _("%(name)s: %(what)s") % {"name": why, "what": ", ".join(names)}
    older = [
        one
        for one in told
        if one.judged in GREEN
        and family_of(one.runtime) == family_of(first.runtime)
        and version_of(one.runtime) < version_of(first.runtime)
    ]
    if not older:
        return why
    last = max(older, key=lambda one: version_of(one.runtime))
    return _("Works on %(old)s, fails since %(new)s: %(why)s") % {
        "old": presentation.runtime_label(last.runtime, runtimes),
        "new": presentation.runtime_label(first.runtime, runtimes),
        "why": why,
    }


def _names_gone(aged: Iterable[Verification]) -> list[str]:
    """Return the arguments, methods and modules that the failures name."""
    found = [name for one in aged for name in GONE.findall(one.reason.partition("\n")[0])]
    return list(dict.fromkeys(found))


def _with_code(note: str) -> SafeString:
    """Return a note as HTML: `names` between backticks as code, everything else as text."""
    parts = note.split("`")
    return format_html_join(
        "",
        "{}",
        ((format_html("<code>{}</code>", p) if n % 2 else p,) for n, p in enumerate(parts)),
    )


def family_of(runtime: str) -> str:
    return runtime.rpartition("-")[0] or runtime


def version_of(runtime: str) -> list[int]:
    return [int(part) for part in runtime.rpartition("-")[2].split(".") if part.isdigit()]


def diff_lines(old: str, new: str) -> tuple[DiffLine, ...]:
    """Return both codes as one text: lines that stayed, went and came."""
    kinds = {" ": "kept", "-": "gone", "+": "come"}
    lines = difflib.ndiff(old.split("\n"), codes.normalise(new).split("\n"))
    return tuple(DiffLine(kind=kinds[x[0]], text=x[2:]) for x in lines if x[0] in kinds)


def _suggestion(snippet: Snippet, runtimes: Mapping[str, Runtime]) -> Suggestion | None:
    corrected = snippet.suggested
    if corrected is None:
        return None
    cells: list[Verification] = getattr(corrected, "correction_verifications", [])
    newest = sorted(cells, key=lambda one: version_of(one.runtime), reverse=True)
    best = next((one for one in newest if one.outcome in GREEN), newest[0] if newest else None)
    waiting: str = Verification.Outcome.WAITING
    if not snippet.is_suggestion_accepted:
        label, tone = _("not run before a curator accepts it"), Tone.NONE
    else:
        outcome = best.outcome if best else waiting
        label = str(Verification.Outcome(outcome).label)
        tone = presentation.outcome_tone(outcome)
    return Suggestion(
        snippet_id=corrected.pk,
        origin_label=Snippet.SuggestionOrigin(snippet.suggestion_origin).label,
        note=_with_code(snippet.suggestion_note),
        diff=diff_lines(snippet.code, corrected.code),
        outcome_label=label,
        tone=tone,
        runtime=presentation.runtime_label(best.runtime, runtimes) if best else "",
    )
