"""What the end of a run means for a snippet; pure: values in, a judgement out."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from sandbox import Verdict
from snippets import expectations, reasons
from snippets.checking_claims import Checked
from snippets.expectations import Match, Tolerance
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


@dataclasses.dataclass(frozen=True, kw_only=True)
class Evidence:
    """All that a judgement on code that ran rests on."""

    claim: str = ""  # the output block, empty where it cannot be held against this run
    is_claim_accepted: bool = False  # it is what such a run printed, so one run proves little
    checked: Sequence[Checked] = ()  # claims beside statements
    again: Ended | None = None  # the same code under another seed, where that was run
    checked_again: Sequence[Checked] = ()
    depends_on_stand_ins: bool = False  # something is claimed, but of what stands in
    tolerance: Tolerance = dataclasses.field(default_factory=Tolerance)


VERIFIED = Judgement(outcome=Outcome.VERIFIED)


def judge(
    ended: Ended, *, code: str = "", expects_error: bool = False, evidence: Evidence = Evidence()
) -> Judgement:
    """Return what `ended` means for `code`.

    A claim on code that is expected to fail is about what it printed before.
    """
    if ended.is_ok:
        if expects_error:
            return Judgement(
                outcome=Outcome.DIFFERS,
                code=Reason.DID_NOT_FAIL,
                reason="should have failed and did not",
            )
        return _judge_output(ended, evidence)
    if ended.verdict == Verdict.ERROR:
        if expects_error:
            return _judge_expected_error(ended, code, evidence)
        return judge_error(ended, code)
    return _judge_stopped(ended)


def needs_second_run(ended: Ended, evidence: Evidence) -> bool:
    """Say whether another seed must tell random numbers from wrong ones.

    A claim that was accepted from a run always does: under that run's seed it holds by itself.
    """
    return ended.is_ok and (
        evidence.is_claim_accepted
        or any(match is Match.VALUES for match, _ in _matches(ended, evidence))
    )


def tells_more(later: Ended, earlier: Ended) -> bool:
    """Say whether the later of two failures, with a richer setup, tells more about the code."""
    if later.is_in_setup and _lacks_package(later):
        return earlier.failure.get("type") == "NameError"
    return earlier.is_in_setup or not later.is_in_setup


def _lacks_package(ended: Ended) -> bool:
    return ended.failure.get("type") == "ModuleNotFoundError"


def _matches(ended: Ended, evidence: Evidence) -> list[tuple[Match, str]]:
    """Return how each claim that can be checked stands, with its difference."""
    found: list[tuple[Match, str]] = []
    if evidence.claim.strip():
        match, difference = expectations.compare(evidence.claim, ended.stdout, evidence.tolerance)
        found.append((match, str(difference or "")))
    found += [(c.match, str(c)) for c in evidence.checked if c.match is not None]
    return found


def _judge_output(ended: Ended, evidence: Evidence) -> Judgement:
    matches = _matches(ended, evidence)
    if not matches:
        if evidence.depends_on_stand_ins:
            return Judgement(
                outcome=Outcome.RUNS,
                code=Reason.STAND_INS,
                reason="runs with stand-ins; what is claimed depends on them, so it is not checked",
            )
        return Judgement(outcome=Outcome.RUNS)
    worst = max((match for match, _ in matches), key=expectations.ORDER.index)
    if worst is Match.SAME:
        return _judge_held(evidence) if evidence.is_claim_accepted else VERIFIED
    told = next(text for match, text in matches if match is worst)
    if worst is Match.OTHER:
        return Judgement(outcome=Outcome.DIFFERS, code=Reason.OTHER_OUTPUT, reason=told)
    if worst is Match.KEYS:
        reason = f"the same up to values, but with keys that are new: {told}"
        return Judgement(outcome=Outcome.DIFFERS, code=Reason.NEW_KEYS, reason=reason)
    if _is_random(ended, evidence):
        return Judgement(outcome=Outcome.RANDOM)
    return Judgement(outcome=Outcome.DIFFERS, code=Reason.OTHER_VALUES, reason=told)


def _judge_held(evidence: Evidence) -> Judgement:
    """Return the judgement on an accepted claim that holds: exact only under every seed."""
    again = evidence.again
    if again is None or not again.is_ok:
        return VERIFIED
    match, difference = expectations.compare(evidence.claim, again.stdout, evidence.tolerance)
    if match is Match.SAME:
        return VERIFIED
    if match is Match.VALUES:
        return Judgement(outcome=Outcome.RANDOM)
    reason = f"prints otherwise with other random numbers: {difference}"
    return Judgement(outcome=Outcome.FLAKY, code=Reason.UNSTEADY, reason=reason)


def _is_random(ended: Ended, evidence: Evidence) -> bool:
    """Say whether every number that differs from its claim also differs under another seed."""
    again = evidence.again
    if again is None or not again.is_ok:
        return False
    if evidence.claim.strip():
        match = expectations.compare(evidence.claim, ended.stdout, evidence.tolerance)[0]
        if match is Match.VALUES and not expectations.are_values_random(
            [ended.stdout, again.stdout]
        ):
            return False
    pairs = zip(evidence.checked, evidence.checked_again, strict=False)
    return all(
        expectations.are_values_random([first.given, second.given])
        for first, second in pairs
        if first.match is Match.VALUES
    )


def _judge_expected_error(ended: Ended, code: str, evidence: Evidence) -> Judgement:
    if ended.is_in_setup:
        return judge_error(ended, code)
    told = _told(ended)
    printed = (ended.stdout, told, f"{ended.stdout}\n{told}")
    claim = evidence.claim
    if claim.strip() and not any(expectations.compare(claim, x)[0] is Match.SAME for x in printed):
        difference = expectations.compare(claim, printed[-1])[1]
        return Judgement(outcome=Outcome.DIFFERS, code=Reason.OTHER_OUTPUT, reason=str(difference))
    return Judgement(outcome=Outcome.EXPECTED_ERROR, reason=told)


def judge_error(ended: Ended, code: str = "") -> Judgement:
    """Return the judgement on code that ended with an exception nobody expected."""
    told = _told(ended)
    if ended.is_in_setup and not _lacks_package(ended):
        return Judgement(outcome=Outcome.FAILS, code=Reason.SETUP, reason=f"in the setup: {told}")
    if not ended.failure:
        return Judgement(outcome=Outcome.FAILS, code=Reason.EXITED, reason=told)
    found = reasons.classify(ended.failure["type"], ended.failure["message"], code)
    outcome = Outcome.NOT_RUNNABLE if found in reasons.FRAGMENT else Outcome.FAILS
    return Judgement(outcome=outcome, code=found, reason=told)


def _told(ended: Ended) -> str:
    """Return the exception as Python's last line has it, at most REASON_CHARACTERS of it."""
    if not ended.failure:
        return ended.reason
    told = f"{ended.failure['type']}: {ended.failure['message']}".rstrip(": ")
    return told if len(told) <= REASON_CHARACTERS else told[:REASON_CHARACTERS] + "…"


def _judge_stopped(ended: Ended) -> Judgement:
    match ended.verdict:
        case Verdict.TIMEOUT:
            return Judgement(outcome=Outcome.TIMEOUT, code=Reason.TIMEOUT, reason=ended.reason)
        case Verdict.MEMORY:
            return Judgement(outcome=Outcome.MEMORY, code=Reason.MEMORY, reason=ended.reason)
        case Verdict.OUTPUT:
            code = Reason.OUTPUT_LIMIT
        case Verdict.SECURITY:
            code = Reason.SECURITY
        case _:
            code = Reason.SIGNAL
    return Judgement(outcome=Outcome.FAILS, code=code, reason=ended.reason)
