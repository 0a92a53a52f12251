"""Running a snippet on a runtime the way its readers see it, and keeping what that proves."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from typing import Protocol

from django.db import transaction

from sandbox import Runtime, Verdict
from snippets import code as codes
from snippets import fitting, judging, limits, services, setups, signals
from snippets.judging import Ended, Judgement
from snippets.models import Run, Snippet, Verification
from snippets.reasons import Reason

HARNESS_VERSION = 1
"""Raise it when the same run would be judged or shown otherwise: everything is verified anew."""
SEED = 1
OTHER_SEED = 2


class SandboxFailed(Exception):
    """The sandbox could not do its work, so nothing was learnt; an earlier verdict stands."""


class Executor(Protocol):
    """Executes a run to its end, in this process or on a worker."""

    def __call__(self, run: Run) -> Run: ...


@dataclasses.dataclass(frozen=True, kw_only=True)
class Attempt:
    """One rung of the ladder, climbed."""

    rung: Mapping[str, str]
    run: Run

    @property
    def ended(self) -> Ended:
        return Ended(
            verdict=self.run.verdict,
            reason=self.run.reason,
            stdout=self.run.stdout,
            failure=self.run.failure,
        )


def fitting_runtimes(snippet: Snippet, runtimes: Mapping[str, Runtime]) -> list[str]:
    return fitting.fitting_runtimes(
        code=snippet.code,
        rungs=snippet.setups,
        wanted=snippet.runtimes,
        runtimes=runtimes,
        needs_gpu=snippet.needs_gpu,
    )


def verification_key(snippet: Snippet, wanted: Runtime) -> str:
    """Return the hash of everything that the outcome depends on."""
    parts = [
        snippet.code,
        snippet.setups,
        snippet.claim,
        snippet.expects_error,
        wanted.name,
        wanted.digest,
        dataclasses.asdict(limits.VERIFICATION),
        SEED,
        HARNESS_VERSION,
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def verify_snippet(
    *, snippet: Snippet, wanted: Runtime, execute: Executor, is_forced: bool = False
) -> Verification:
    """Return the current verification, after running where it is not up to date.

    Raises SandboxFailed, and changes nothing, when the sandbox could not do its work.
    """
    key = verification_key(snippet, wanted)
    known = snippet.verifications.current().filter(runtime=wanted.name).first()
    if known is not None and known.key == key and not is_forced:
        return known
    if judgement := judge_unrun(snippet):
        return keep(snippet=snippet, wanted=wanted, key=key, judgement=judgement)
    attempt, judgement = _climb(snippet, wanted, execute)
    return keep(snippet=snippet, wanted=wanted, key=key, judgement=judgement, attempt=attempt)


def judge_unrun(snippet: Snippet) -> Judgement | None:
    """Return the judgement on code that no Python 3 can run, which needs no run."""
    if snippet.kind == Snippet.Kind.PYTHON2:
        return Judgement(
            outcome=Verification.Outcome.NOT_RUNNABLE,
            code=Reason.PYTHON2,
            reason="written for Python 2",
        )
    error = codes.syntax_error(snippet.code)
    if error is None or snippet.expects_error:
        return None
    place = f" (line {error.lineno})" if error.lineno else ""
    return Judgement(
        outcome=Verification.Outcome.NOT_RUNNABLE,
        code=Reason.SYNTAX,
        reason=f"{type(error).__name__}: {error.msg}{place}",
    )


@transaction.atomic
def keep(
    *,
    snippet: Snippet,
    wanted: Runtime,
    key: str,
    judgement: Judgement,
    attempt: Attempt | None = None,
) -> Verification:
    """Store a verification and make it the current one."""
    snippet.verifications.current().filter(runtime=wanted.name).update(is_current=False)
    verification = Verification.objects.create(
        snippet=snippet,
        runtime=wanted.name,
        key=key,
        outcome=judgement.outcome,
        reason_code=judgement.code,
        reason=judgement.reason,
        setup_origin=attempt.rung["origin"] if attempt else "",
        setup=attempt.rung["code"] if attempt else "",
        run=attempt.run if attempt else None,
    )
    signals.verified.send(sender=Verification, snippet_id=snippet.pk)
    return verification


def best_setup(snippet: Snippet, runtime_name: str) -> str:
    """Return the lines that a reader's own run of `snippet` starts with.

    Those it was verified with; else what its author wrote, or the imports it lacks.
    """
    known = snippet.verifications.current().filter(runtime=runtime_name).first()
    if known is not None and known.run_id is not None:
        return known.setup
    rungs = {rung["origin"]: rung["code"] for rung in snippet.setups}
    for origin in (setups.Origin.AUTHORED, setups.Origin.IMPORTS):
        if origin in rungs:
            return str(rungs[origin])
    return ""


def _climb(snippet: Snippet, wanted: Runtime, execute: Executor) -> tuple[Attempt, Judgement]:
    """Run `snippet` with one setup after another until it runs, and judge the best attempt."""
    told: Attempt | None = None
    for rung in snippet.setups or [{"origin": setups.Origin.AS_IS.value, "code": ""}]:
        attempt = _attempt(snippet, wanted, execute, rung, SEED)
        if told is None or judging.tells_more(attempt.ended, told.ended):
            told = attempt
        if _is_enough(attempt.ended, expects_error=snippet.expects_error):
            told = attempt
            break
    assert told is not None, "a ladder has at least one rung"
    again = None
    if judging.needs_second_run(
        told.ended, claim=snippet.claim, expects_error=snippet.expects_error
    ):
        again = _attempt(snippet, wanted, execute, told.rung, OTHER_SEED).ended
    judgement = judging.judge(
        told.ended, claim=snippet.claim, expects_error=snippet.expects_error, again=again
    )
    return told, judgement


def _is_enough(ended: Ended, *, expects_error: bool) -> bool:
    """Say whether a further setup could change nothing for the better."""
    if ended.verdict != Verdict.ERROR:
        return True
    lacks_a_name = ended.failure.get("type") == "NameError"
    return expects_error and not lacks_a_name and not ended.is_in_setup


def _attempt(
    snippet: Snippet, wanted: Runtime, execute: Executor, rung: Mapping[str, str], seed: int
) -> Attempt:
    run = services.request_run(
        snippet=snippet,
        code=snippet.code,
        runtime=wanted.name,
        setup=rung["code"],
        purpose=Run.Purpose.VERIFICATION,
        seed=seed,
        is_queued=False,
    )
    run = execute(run)
    if run.status != Run.Status.FINISHED:
        raise SandboxFailed(f"the run was {run.status}")
    attempt = Attempt(rung=rung, run=run)
    if attempt.ended.is_ours:
        raise SandboxFailed(run.reason or "the sandbox failed")
    return attempt


def whole_program(snippet: Snippet) -> str:
    """Return the snippet's code after the setup that it was verified with, ready to run."""
    known = snippet.verifications.current().exclude(run=None).order_by("pk").first()
    setup = best_setup(snippet, known.runtime) if known else best_setup(snippet, "")
    return "\n\n".join(filter(None, [setup.rstrip("\n"), snippet.code.rstrip("\n")])) + "\n"
