"""Verifying a stored snippet on a runtime, and keeping what that proves."""

import dataclasses
from typing import Protocol

from django.db import transaction

from sandbox import Runtime
from snippets import code as codes
from snippets import curating, figures, proving, services, setups, signals, subjects
from snippets.judging import Ended, Judgement
from snippets.keys import fitting_runtimes, tolerance, verification_key
from snippets.models import Batch, Run, Snippet, Verification
from snippets.proofs import family_of
from snippets.proving import Proof, SandboxFailed
from snippets.querysets import GREEN, RED
from snippets.reasons import Reason
from snippets.setups import Origin

__all__ = ["Executor", "SandboxFailed", "best_program", "best_setup", "fitting_runtimes",
           "verification_key", "verify_snippet", "whole_program"]  # fmt: skip


class Executor(Protocol):
    """Executes a run to its end, in this process or on a worker."""

    def __call__(self, run: Run) -> Run: ...


@dataclasses.dataclass(frozen=True, kw_only=True)
class StoredAttempt:
    """A run that is over."""

    run: Run

    @property
    def ended(self) -> Ended:
        return Ended(
            verdict=self.run.verdict,
            reason=self.run.reason,
            stdout=self.run.stdout,
            failure=self.run.failure,
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class StoringRunner:
    """Runs a snippet's code by making and executing runs of it."""

    snippet: Snippet
    execute: Executor
    purpose: Run.Purpose = Run.Purpose.VERIFICATION

    def __call__(self, *, program: str, setup: str, runtime: str, seed: int) -> StoredAttempt:
        run = services.request_run(
            snippet=self.snippet,
            code=program,
            runtime=runtime,
            setup=setup,
            purpose=self.purpose,
            seed=seed,
            is_queued=False,
        )
        run = self.execute(run)
        if run.status != Run.Status.FINISHED:
            raise SandboxFailed("the run was cancelled")
        attempt = StoredAttempt(run=run)
        if attempt.ended.is_ours:
            raise SandboxFailed(run.reason or "the sandbox failed")
        return attempt


def verify_snippet(
    *,
    snippet: Snippet,
    wanted: Runtime,
    execute: Executor,
    is_forced: bool = False,
    batch: Batch | None = None,
    known: Verification | None = None,
) -> Verification:
    """Return the current verification, after running where it is not up to date.

    `known` is the current one where the caller has read it already. Raises SandboxFailed,
    and changes nothing, when the sandbox could not do its work.
    """
    key = verification_key(snippet, wanted)
    if known is None:
        known = snippet.verifications.current().filter(runtime=wanted.name).first()
    is_judged = known is not None and known.key == key and known.outcome in {*GREEN, *RED}
    if known is not None and is_judged and not is_forced:
        return known
    if snippet.kind == Snippet.Kind.PYTHON2:
        curating.propose_translation(snippet)
    subject = subjects.subject_of(snippet)
    runner = StoringRunner(snippet=snippet, execute=execute)
    proof = proving.prove(subject, wanted, runner, tolerance())
    if known is not None and is_judged and _turned_red(known.outcome, proof.judgement.outcome):
        again = proving.prove(subject, wanted, runner, tolerance())
        if again.judgement.outcome in GREEN:
            proof = _unsteady(proof, again)
    proof, hashes = with_figures(proof=proof, snippet=snippet, wanted=wanted, run=runner)
    return keep(snippet=snippet, wanted=wanted, key=key, proof=proof, hashes=hashes, batch=batch)


@transaction.atomic
def keep(
    *,
    snippet: Snippet,
    wanted: Runtime,
    key: str,
    proof: Proof,
    hashes: list[str],
    batch: Batch | None,
) -> Verification:
    """Store a verification and make it the current one."""
    current = snippet.verifications.current().filter(runtime=wanted.name)
    for one in current:
        if one.outcome == Verification.Outcome.STALE:
            one.outcome, one.last_outcome = one.judged, ""
        one.is_current = False
        one.save(update_fields=["outcome", "last_outcome", "is_current"])
    judgement, rung = proof.judgement, proof.rung
    verification = Verification.objects.create(
        snippet=snippet,
        runtime=wanted.name,
        key=key,
        outcome=judgement.outcome,
        change=_change(snippet, wanted, judgement.outcome),
        reason_code=judgement.code,
        reason=judgement.reason,
        setup_origin=rung.origin if rung else "",
        setup=rung.setup if rung else "",
        repairs=list(rung.repairs) if rung else [],
        figures=hashes,
        batch=batch,
        run=run_of(proof.attempt),
    )
    signals.verified.send(sender=Verification, snippet_id=snippet.pk)
    if verification.change:
        signals.changed.send(sender=Verification, verification=verification)
    return verification


def best_setup(snippet: Snippet, runtime_name: str) -> str:
    """Return the lines that a reader's own run of `snippet` starts with.

    Those it was verified with; else the first that a curator or its author wrote, or imports.
    """
    known = snippet.verifications.current().filter(runtime=runtime_name).first()
    if known is not None and known.run_id is not None:
        return known.setup
    written = {Origin.CURATED, Origin.AUTHORED, Origin.IMPORTS}
    rungs = subjects.subject_of(snippet).rungs
    return next((rung.setup for rung in rungs if rung.origin in written), "")


def best_program(snippet: Snippet, code: str) -> str:
    """Return what runs when a reader asks for `code`: mended where it is the snippet's own."""
    if codes.normalise(code) != codes.normalise(snippet.code):
        return code
    return setups.program_of(code)[0]


def whole_program(snippet: Snippet) -> str:
    """Return the snippet's code after the setup that it was verified with, ready to run."""
    known = snippet.verifications.current().exclude(run=None).order_by("pk").first()
    setup = best_setup(snippet, known.runtime) if known else best_setup(snippet, "")
    program = best_program(snippet, snippet.code).rstrip("\n")
    return "\n\n".join(filter(None, [setup.rstrip("\n"), program])) + "\n"


def with_figures(
    *, proof: Proof, snippet: Snippet, wanted: Runtime, run: proving.Runner
) -> tuple[Proof, list[str]]:
    """Return the proof with its figures held against the last ones, and their hashes.

    Figures that another seed changes too are held against nothing.
    """
    hashes = _figures_of(run_of(proof.attempt))
    if proof.judgement.outcome not in GREEN or not hashes:
        return proof, hashes
    last = _last_drawn(snippet, wanted)
    if last is None or figures.look_alike(last.figures, hashes):
        return proof, hashes
    rung = proof.rung
    assert rung is not None, "what was drawn was run by a rung"
    program = rung.program or snippet.code
    again = run(program=program, setup=rung.setup, runtime=wanted.name, seed=proving.OTHER_SEED)
    if not figures.look_alike(hashes, _figures_of(run_of(again))):
        return proof, hashes
    judgement = Judgement(
        outcome=Verification.Outcome.DIFFERS,
        code=Reason.OTHER_FIGURE,
        reason=f"what it draws looks otherwise than on {last.checked_at:%Y-%m-%d}",
    )
    return dataclasses.replace(proof, judgement=judgement), hashes


def run_of(attempt: object) -> Run | None:
    """Return the run that an attempt was; none where nothing was run, or it was not stored."""
    return attempt.run if isinstance(attempt, StoredAttempt) else None


def _change(snippet: Snippet, wanted: Runtime, outcome: str) -> str:
    """Say whether this breaks what last worked here, or mends what last did not."""
    last = Verification.objects.history(snippet.pk, wanted.name).first()
    if last is None:
        return ""
    if last.judged in GREEN and outcome in RED:
        return Verification.Change.BROKE
    if last.judged in RED and outcome in GREEN:
        return Verification.Change.FIXED
    return ""


def _turned_red(before: str, now: str) -> bool:
    return before in GREEN and now in RED


def _unsteady(proof: Proof, again: Proof) -> Proof:
    told = proof.judgement
    judgement = Judgement(
        outcome=Verification.Outcome.FLAKY,
        code=Reason.UNSTEADY,
        reason=f"works only sometimes; else {told.reason}",
    )
    return dataclasses.replace(again, judgement=judgement)


def _figures_of(run: Run | None) -> list[str]:
    if run is None:
        return []
    pictures = run.artifacts.filter(kind="figure").values_list("data", flat=True)
    return [figures.perceptual_hash(bytes(data)) for data in pictures]


def _last_drawn(snippet: Snippet, wanted: Runtime) -> Verification | None:
    """Return the last green verification that drew, here, else on the newest of its family."""
    family = Verification.objects.filter(
        snippet=snippet.pk, runtime__startswith=f"{family_of(wanted.name)}-"
    )
    for found in (
        Verification.objects.history(snippet.pk, wanted.name),
        family.exclude(runtime=wanted.name).order_by("-pk"),
    ):
        drew = [one for one in found[:20] if one.figures and one.judged in GREEN]
        if drew:
            return drew[0]
    return None
