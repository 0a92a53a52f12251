"""The words, tones and numbers in which runs and outcomes are shown; labels are translated late."""

import dataclasses
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sandbox import Runtime, Verdict
from snippets import terminal, tracebacks, wording
from snippets.models import Run, Verification
from snippets.setups import Origin


class Tone(StrEnum):
    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    NONE = "none"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Part:
    """Output of one stream, safe to show as text; `spans` colour it where it has a traceback."""

    stream: str
    text: str
    spans: tuple[tracebacks.Span, ...] = ()


OUTCOME_TONES = {
    Verification.Outcome.VERIFIED: Tone.OK,
    Verification.Outcome.EXPECTED_ERROR: Tone.OK,
    Verification.Outcome.RANDOM: Tone.OK,
    Verification.Outcome.RUNS: Tone.OK,
    Verification.Outcome.DIFFERS: Tone.WARN,
    Verification.Outcome.FLAKY: Tone.WARN,
    Verification.Outcome.TIMEOUT: Tone.WARN,
    Verification.Outcome.MEMORY: Tone.WARN,
    Verification.Outcome.FAILS: Tone.BAD,
    Verification.Outcome.NOT_RUNNABLE: Tone.WARN,
}

VERDICT_LABELS = {
    Verdict.OK: gettext_lazy("finished"),
    Verdict.ERROR: gettext_lazy("ended with an error"),
    Verdict.TIMEOUT: gettext_lazy("timed out"),
    Verdict.MEMORY: gettext_lazy("out of memory"),
    Verdict.OUTPUT: gettext_lazy("printed too much"),
    Verdict.SIGNAL: gettext_lazy("killed by a signal"),
    Verdict.SECURITY: gettext_lazy("stopped by the sandbox"),
    Verdict.INTERNAL: gettext_lazy("could not be run"),
}

ORIGIN_LABELS = {
    Origin.AUTHORED: gettext_lazy("written by the author"),
    Origin.IMPORTS: gettext_lazy("imports, added automatically"),
    Origin.SESSION: gettext_lazy("the earlier code of this post"),
    Origin.CURATED: gettext_lazy("written by a curator"),
    Origin.SHARED: gettext_lazy("written by a curator for this article or tag"),
    Origin.SESSION_STAND_INS: gettext_lazy("the earlier code of this post, and stand-ins"),
    Origin.STAND_INS: gettext_lazy("stand-ins for the names it leaves open"),
}


def outcome_tone(outcome: str) -> Tone:
    return OUTCOME_TONES.get(Verification.Outcome(outcome), Tone.NONE)


def origin_label(origin: str) -> Any:
    return ORIGIN_LABELS.get(Origin(origin), "") if origin else ""


def runtime_label(name: str, runtimes: Mapping[str, Runtime]) -> str:
    return runtimes[name].label if name in runtimes else name


def output_parts(run: Run | None) -> tuple[Part, ...]:
    parts = run.output if run else []
    return tuple(_part(part["stream"], terminal.visible(part["text"])) for part in parts)


def _part(stream: str, text: str) -> Part:
    return Part(
        stream=stream,
        text=text,
        spans=tracebacks.spans(text) if stream == "stderr" else (),
    )


def framework_warnings(run: Run | None) -> tuple[str, ...]:
    """Return what libraries said of themselves; what the user's code caused is in the output."""
    told = (run.environment or {}).get("warnings", []) if run else []
    return tuple(terminal.visible(str(one)) for one in told)


def state_label(run: Run) -> Any:
    """Return what became of `run`, in a word or two: its verdict once there is one."""
    if run.status == Run.Status.FINISHED and run.verdict:
        return VERDICT_LABELS[Verdict(run.verdict)]
    return Run.Status(run.status).label


def state_tone(run: Run) -> Tone:
    if run.status != Run.Status.FINISHED:
        return Tone.NONE
    if run.verdict == Verdict.OK:
        return Tone.OK
    return Tone.BAD if run.verdict == Verdict.ERROR else Tone.WARN


def reason(run: Run) -> str:
    """Return why the run ended as it did, unless its own output already ends with that."""
    return "" if run.reason and run.reason in run.stderr else wording.explain(run.reason)


def usage(run: Run) -> str:
    """Return exit code, time and memory of a finished run, as one line."""
    told: list[str] = []
    if run.exit_code is not None:
        told.append(_("exit code %(code)d") % {"code": run.exit_code})
    if run.signal:
        told.append(run.signal)
    if run.wall_seconds is not None:
        told.append(_("%(seconds).2f s") % {"seconds": run.wall_seconds})
    if run.memory_bytes:
        told.append(_("%(mib)d MB") % {"mib": round(run.memory_bytes / 1_000_000)})
    return " · ".join(told)


def wait_message(seconds: int) -> str:
    return ngettext(
        "Too many runs. Try again in %(seconds)d second.",
        "Too many runs. Try again in %(seconds)d seconds.",
        seconds,
    ) % {"seconds": seconds}
