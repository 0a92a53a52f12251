"""Proving a subject on a runtime: up the ladder until it runs, then its claims. No database."""

import dataclasses
from collections.abc import Sequence
from typing import Protocol

from sandbox import Runtime, Verdict
from snippets import code as codes
from snippets import judging, probing, reasons, sessions, setups, standins, taint
from snippets.checking_claims import Checked, check_all
from snippets.claims import Claim, read_claims
from snippets.expectations import Tolerance
from snippets.flavours import flavour_of_libraries
from snippets.judging import Ended, Evidence, Judgement
from snippets.models import Verification
from snippets.reasons import Reason
from snippets.subject import Rung, Subject

SEED = 1
OTHER_SEED = 2
REVISIONS_AT_MOST = 5
"""How often stand-ins are changed after a failure that they may be to blame for."""


class SandboxFailed(Exception):
    """The sandbox could not do its work, so nothing was learnt; an earlier verdict stands."""


class Attempt(Protocol):
    """Code that was run to its end."""

    @property
    def ended(self) -> Ended: ...


class Runner(Protocol):
    """Runs code on a runtime to its end. Raises SandboxFailed where nothing was learnt."""

    def __call__(self, *, program: str, setup: str, runtime: str, seed: int) -> Attempt: ...


@dataclasses.dataclass(frozen=True, kw_only=True)
class Proof:
    """What came of a subject on a runtime, by which rung; no attempt where none was needed."""

    judgement: Judgement
    rung: Rung | None = None
    attempt: Attempt | None = None


def prove(subject: Subject, wanted: Runtime, run: Runner, tolerance: Tolerance) -> Proof:
    """Run `subject` as its readers see it and judge the best attempt."""
    if judgement := judge_unrun(subject):
        return Proof(judgement=judgement)
    rung, attempt = _climb(subject, wanted, run)
    program = subject.program(rung)
    ended = attempt.ended
    evidence = Evidence()
    if ended.is_ok or subject.expects_error:
        evidence = _gather(subject, rung, attempt, wanted, run, tolerance)
    judgement = judging.judge(
        ended, code=program, expects_error=subject.expects_error, evidence=evidence
    )
    if evidence.again is not None and _is_unsteady(ended, evidence.again):
        judgement = Judgement(
            outcome=Verification.Outcome.FLAKY,
            code=Reason.UNSTEADY,
            reason=f"ends otherwise with other random numbers: {evidence.again.reason}",
        )
    return Proof(judgement=judgement, rung=rung, attempt=attempt)


def judge_unrun(subject: Subject) -> Judgement | None:
    """Return the judgement on code that no Python 3 can run, which needs no run."""
    if subject.is_python2:
        return Judgement(
            outcome=Verification.Outcome.NOT_RUNNABLE,
            code=Reason.PYTHON2,
            reason="written for Python 2",
        )
    program = subject.rungs[0].program or subject.code if subject.rungs else subject.code
    error = codes.syntax_error(program)
    if error is None or subject.expects_error:
        return None
    place = f" (line {error.lineno})" if error.lineno else ""
    return Judgement(
        outcome=Verification.Outcome.NOT_RUNNABLE,
        code=Reason.SYNTAX,
        reason=f"{type(error).__name__}: {error.msg}{place}",
    )


def _climb(subject: Subject, wanted: Runtime, run: Runner) -> tuple[Rung, Attempt]:
    """Try one rung after another until the code runs; return the attempt that tells most.

    A failure beside stand-ins counts only where they cannot be to blame for it.
    """
    told: tuple[Rung, Attempt] | None = None
    for rung in subject.rungs:
        attempt = _run(subject, rung, wanted, run)
        if rung.has_stand_ins:
            rung, attempt = _revised(subject, rung, attempt, wanted, run)  # noqa: PLW2901
        if _is_enough(attempt.ended, expects_error=subject.expects_error):
            return rung, attempt
        if rung.has_stand_ins and not _is_own_failure(attempt.ended, subject.program(rung)):
            continue
        if told is None or judging.tells_more(attempt.ended, told[1].ended):
            told = (rung, attempt)
    assert told is not None, "a ladder begins with a rung that has no stand-ins"
    return told


def _is_own_failure(ended: Ended, program: str) -> bool:
    """Say whether a failure beside stand-ins is certainly the code's own."""
    if ended.verdict != Verdict.ERROR or ended.is_in_setup or not ended.failure:
        return False
    message = ended.failure["message"]
    if "StandIn" in message or "forward()" in message:
        return False  # a method or an argument that only the author's own class has
    return reasons.classify(ended.failure["type"], message, program) in reasons.OWN


def _revised(
    subject: Subject, rung: Rung, attempt: Attempt, wanted: Runtime, run: Runner
) -> tuple[Rung, Attempt]:
    """Change the stand-ins after each failure that asks for others."""
    program = subject.program(rung)
    flavour = flavour_of_libraries(wanted.libraries)
    if rung.origin != setups.Origin.STAND_INS or attempt.ended.is_ok:
        return rung, attempt
    proposal = standins.propose(program, setups.stand_in_names(program), flavour=flavour)
    for _ in range(REVISIONS_AT_MOST):
        ended = attempt.ended
        if ended.is_ok or not ended.failure or proposal is None:
            break
        if _is_own_failure(ended, program):
            break
        proposal = standins.revise(program, proposal, ended.failure)
        if proposal is None:
            break
        setup = setups.complete_stand_ins(program, proposal, flavour)
        rung = dataclasses.replace(rung, setup=setup)
        attempt = _run(subject, rung, wanted, run)
    return rung, attempt


def _is_enough(ended: Ended, *, expects_error: bool) -> bool:
    """Say whether a further setup could change nothing for the better."""
    if ended.verdict != Verdict.ERROR:
        return True
    lacks_a_name = ended.failure.get("type") == "NameError"
    return expects_error and not lacks_a_name and not ended.is_in_setup


def _run(subject: Subject, rung: Rung, wanted: Runtime, run: Runner, seed: int = SEED) -> Attempt:
    return run(program=subject.program(rung), setup=rung.setup, runtime=wanted.name, seed=seed)


def _gather(
    subject: Subject,
    rung: Rung,
    attempt: Attempt,
    wanted: Runtime,
    run: Runner,
    tolerance: Tolerance,
) -> Evidence:
    """Check what is claimed, under a second seed too where numbers are not as claimed."""
    program = subject.program(rung)
    claims = _claims(subject, program)
    claim = subject.claim
    is_left_out = False
    if rung.has_stand_ins and (claims or claim.strip()):
        dependent = _dependent_lines(program)
        free = [c for c in claims if c.line not in dependent]
        is_left_out = len(free) < len(claims) or bool(claim.strip())
        claims, claim = free, ""
    evidence = Evidence(
        claim=claim,
        checked=_probe(program, claims, rung, wanted, run, SEED, tolerance),
        is_claim_accepted=bool(claim) and subject.is_claim_accepted,
        depends_on_stand_ins=is_left_out,
        tolerance=tolerance,
    )
    if judging.needs_second_run(attempt.ended, evidence):
        evidence = dataclasses.replace(
            evidence,
            again=_run(subject, rung, wanted, run, OTHER_SEED).ended,
            checked_again=_probe(program, claims, rung, wanted, run, OTHER_SEED, tolerance),
        )
    return evidence


def _dependent_lines(program: str) -> set[int]:
    return taint.lines_that_depend(program, setups.stand_in_names(program))


def _claims(subject: Subject, program: str) -> list[Claim]:
    if subject.is_claim_accepted:
        return []
    if not subject.is_session:
        return read_claims(program)
    steps = sessions.read_session(codes.tidy(subject.code))
    return [Claim(line=line, text=text, is_session=True) for line, text in sessions.spans(steps)]


def _probe(
    program: str,
    claims: Sequence[Claim],
    rung: Rung,
    wanted: Runtime,
    run: Runner,
    seed: int,
    tolerance: Tolerance,
) -> list[Checked]:
    if not claims:
        return []
    attempt = run(
        program=probing.instrumented(program, claims),
        setup=f"{rung.setup}\n{probing.HELPER}",
        runtime=wanted.name,
        seed=seed,
    )
    return check_all(claims, probing.read_observations(attempt.ended.stdout), tolerance)


def _is_unsteady(first: Ended, again: Ended) -> bool:
    return first.is_ok and again.verdict == Verdict.ERROR
