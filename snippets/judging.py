"""What the end of a run means for a snippet; pure: values in, a judgement out."""

import dataclasses
from typing import Any

from sandbox import Verdict
from snippets import expectations, reasons
from snippets.expectations import Match
from snippets.models import Verification
from snippets.reasons import Reason

Outcome = Verification.Outcome
REASON_CHARACTERS = 2000


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ended:
    """How a run ended, as far as a judgement needs it."""

    verdict: str
    reason: str
    stdout: str
    failure: dict[str, Any]  # sandbox.Failure as a dict, or empty

    @property
    def is_ok(self) -> bool:
        return self.verdict == Verdict.OK

    @property
    def is_ours(self) -> bool:
        """The sandbox failed, so nothing was learnt about the code."""
        return self.verdict == Verdict.INTERNAL

    @property
    def is_in_setup(self) -> bool:
        return self.failure.get("phase") == "setup"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Judgement:
    outcome: Verification.Outcome
    code: str = ""  # a Reason
    reason: str = ""


def judge(ended: Ended, *, claim: str, expects_error: bool, again: Ended | None) -> Judgement:
    """Return what `ended` means; `again` is the same code under another seed, where that was run.

    A claim on code that is expected to fail is about what it printed before.
    """
    if ended.is_ok:
        if expects_error:
            return Judgement(
                outcome=Outcome.DIFFERS,
                code=Reason.DID_NOT_FAIL,
                reason="should have failed and did not",
            )
        return _judge_output(ended, claim, again)
    if ended.verdict == Verdict.ERROR:
        return _judge_expected_error(ended, claim) if expects_error else _judge_error(ended)
    return _judge_stopped(ended)


def needs_second_run(ended: Ended, *, claim: str, expects_error: bool) -> bool:
    """Say whether another seed must tell random numbers from wrong ones."""
    if not (ended.is_ok and claim.strip()) or expects_error:
        return False
    return expectations.compare(claim, ended.stdout)[0] is Match.VALUES


def tells_more(later: Ended, earlier: Ended) -> bool:
    """Say whether the later of two failures, with a richer setup, tells more about the code."""
    return earlier.is_in_setup or not later.is_in_setup


def _judge_output(ended: Ended, claim: str, again: Ended | None) -> Judgement:
    if not claim.strip():
        return Judgement(outcome=Outcome.RUNS)
    match, difference = expectations.compare(claim, ended.stdout)
    if match is Match.SAME:
        return Judgement(outcome=Outcome.VERIFIED)
    if (
        match is Match.VALUES
        and again is not None
        and again.is_ok
        and expectations.are_values_random([ended.stdout, again.stdout])
    ):
        return Judgement(outcome=Outcome.RANDOM)
    return Judgement(outcome=Outcome.DIFFERS, code=Reason.OTHER_OUTPUT, reason=str(difference))


def _judge_expected_error(ended: Ended, claim: str) -> Judgement:
    if ended.is_in_setup:
        return _judge_error(ended)
    told = _told(ended)
    printed = (ended.stdout, told, f"{ended.stdout}\n{told}")
    if claim.strip() and not any(expectations.compare(claim, x)[0] is Match.SAME for x in printed):
        difference = expectations.compare(claim, printed[-1])[1]
        return Judgement(outcome=Outcome.DIFFERS, code=Reason.OTHER_OUTPUT, reason=str(difference))
    return Judgement(outcome=Outcome.EXPECTED_ERROR, reason=told)


def _judge_error(ended: Ended) -> Judgement:
    told = _told(ended)
    if ended.is_in_setup:
        return Judgement(outcome=Outcome.FAILS, code=Reason.SETUP, reason=f"in the setup: {told}")
    if not ended.failure:
        return Judgement(outcome=Outcome.FAILS, code=Reason.EXITED, reason=told)
    code = reasons.classify(ended.failure["type"], ended.failure["message"])
    outcome = Outcome.NOT_RUNNABLE if code in reasons.FRAGMENT else Outcome.FAILS
    return Judgement(outcome=outcome, code=code, reason=told)


def _told(ended: Ended) -> str:
    """Return the exception as Python's last line has it, at most REASON_CHARACTERS of it."""
    if not ended.failure:
        return ended.reason
    told = f"{ended.failure['type']}: {ended.failure['message']}".rstrip(": ")
    return told if len(told) <= REASON_CHARACTERS else told[:REASON_CHARACTERS] + "…"


def _judge_stopped(ended: Ended) -> Judgement:
    match ended.verdict:
        case Verdict.TIMEOUT:
            return Judgement(outcome=Outcome.TIMEOUT, reason=ended.reason)
        case Verdict.MEMORY:
            return Judgement(outcome=Outcome.MEMORY, reason=ended.reason)
        case Verdict.OUTPUT:
            code = Reason.OUTPUT_LIMIT
        case Verdict.SECURITY:
            code = Reason.SECURITY
        case _:
            code = Reason.SIGNAL
    return Judgement(outcome=Outcome.FAILS, code=code, reason=ended.reason)
