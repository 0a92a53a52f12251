"""Trying a curation before it is saved: real runs on every runtime that fits, nothing changed."""

import copy
import datetime
import logging
from collections.abc import Iterator, Mapping
from typing import Any

import redis
from celery import current_app
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from sandbox import Runtime, runtime
from snippets import code as codes
from snippets import curating, executors, proving, python2, queueing, services, streams, subjects
from snippets.curating import Curated
from snippets.keys import fitting_runtimes, tolerance
from snippets.models import Run, Snippet, Trial, TrialCell, Verification
from snippets.reasons import Reason
from snippets.verification import SandboxFailed, StoringRunner, run_of, with_figures

logger = logging.getLogger(__name__)

TRY = "runs.try"
GIVEN_UP_AFTER = datetime.timedelta(minutes=15)
NOBODY = "the workers could not be told; try again in a minute"


@transaction.atomic
def request_trial(*, snippet: Snippet, curated: Curated, user: Any) -> Trial:
    """Record what a curator wants to try, and tell the workers once it is committed."""
    trial = Trial.objects.create(
        snippet=snippet, values=curating.values_of(curated), requested_by=user
    )
    known = runtime.load_all()
    cells = TrialCell.objects.bulk_create(
        _cell(trial, known[name], is_correction=is_correction)
        for is_correction, one in _variants(trial)
        for name in fitting_runtimes(one, known)
    )
    waiting = [cell for cell in cells if not cell.is_over]
    transaction.on_commit(lambda: _announce(trial, waiting, known))
    return trial


def curated_of(trial: Trial) -> Curated:
    """Return what the trial tries, as it would be saved."""
    values = {**trial.values, "runtimes": tuple(trial.values.get("runtimes", ()))}
    return Curated(digest=trial.snippet.digest, **values)


def try_cell(*, cell_id: int) -> None:
    """Prove a cell in this process and keep what that gives; one that is over stays as it is."""
    cell = TrialCell.objects.select_related("trial__snippet").filter(pk=cell_id).first()
    if cell is None or cell.is_over:
        return
    if not _keep(cell, state=TrialCell.State.RUNNING):
        return
    tried = dict(_variants(cell.trial)).get(cell.is_correction)
    assert tried is not None, "a cell is made for a variant alone"
    wanted = runtime.load(cell.runtime)
    runner = StoringRunner(
        snippet=cell.trial.snippet,
        execute=lambda run: _execute(cell, run),
        purpose=Run.Purpose.TRIAL,
    )
    try:
        proof = proving.prove(subjects.subject_of(tried), wanted, runner, tolerance())
        proof, _hashes = with_figures(proof=proof, snippet=tried, wanted=wanted, run=runner)
    except SandboxFailed as error:
        _keep(cell, state=TrialCell.State.FAILED, reason=str(error))
        return
    _keep(
        cell,
        state=TrialCell.State.DONE,
        outcome=proof.judgement.outcome,
        reason_code=proof.judgement.code,
        reason=proof.judgement.reason,
        setup_origin=proof.rung.origin if proof.rung else "",
        setup=proof.rung.setup if proof.rung else "",
        run=run_of(proof.attempt),
    )


def cancel_trial(*, trial: Trial, user: Any) -> int:
    """Stop what of a trial waits or runs; return on how many runtimes. Raises NotAllowed."""
    count = _open_cells(trial.pk).update(state=TrialCell.State.CANCELLED)
    for run in Run.objects.unfinished().filter(trial_cells__trial=trial):
        services.cancel_run(run=run, user=user, session_key="")
    _tell(trial)
    return count


def is_over(trial: Trial) -> bool:
    """Say whether nothing is still to come; a trial whose worker died is given up."""
    if trial.created_at < timezone.now() - GIVEN_UP_AFTER:
        return True
    return not _open_cells(trial.pk).exists()


def correction_of(snippet: Snippet, curated: Curated) -> str:
    """Return the corrected code that the curation stands for; nothing where it has none."""
    if curated.suggestion.strip():
        return codes.tidy(curated.suggestion)
    if curated.accepts_translation and snippet.kind == Snippet.Kind.PYTHON2:
        return python2.translate(snippet.code) or ""
    return ""


def _variants(trial: Trial) -> Iterator[tuple[bool, Snippet]]:
    """Yield the snippet, and its correction if there is one, as saving would make them."""
    curated = curated_of(trial)
    snippet = copy.copy(trial.snippet)
    snippet.curated_setup = codes.tidy(curated.setup)
    snippet.curated_runtimes = list(curated.runtimes)
    snippet.curated_claim = curated.claim
    yield False, snippet
    if corrected := correction_of(snippet, curated):
        digest = codes.digest(corrected)
        known = Snippet.objects.filter(digest=digest).only("pk").first()
        values = curating.correction_values(snippet, corrected)
        yield True, Snippet(pk=known.pk if known else None, digest=digest, **values)


def _cell(trial: Trial, wanted: Runtime, *, is_correction: bool) -> TrialCell:
    cell = TrialCell(trial=trial, runtime=wanted.name, is_correction=is_correction)
    if not wanted.is_built:
        cell.state, cell.outcome = TrialCell.State.DONE, Verification.Outcome.SKIPPED
        cell.reason_code = Reason.NOT_BUILT
        cell.reason = f"runtime not built; run: python -m sandbox build {wanted.name}"
    return cell


def _announce(trial: Trial, cells: list[TrialCell], known: Mapping[str, Runtime]) -> None:
    """Tell the workers; behind what readers wait for, before what is verified by itself."""
    for cell in cells:
        try:
            current_app.send_task(
                TRY,
                args=[cell.pk],
                queue=queueing.GPU if known[cell.runtime].gpu else queueing.CPU,
                priority=queueing.VERIFICATION_PRIORITY,
                retry=False,
            )
        except (OperationalError, redis.RedisError, OSError) as error:
            logger.warning("trial %s on %s not announced: %s", trial, cell.runtime, error)
            TrialCell.objects.filter(pk=cell.pk).update(state=TrialCell.State.FAILED, reason=NOBODY)


def _open_cells(trial_id: int) -> QuerySet[TrialCell]:
    going_on = [TrialCell.State.WAITING, TrialCell.State.RUNNING]
    return TrialCell.objects.filter(trial=trial_id, state__in=going_on)


def _execute(cell: TrialCell, run: Run) -> Run:
    """Execute a run of a cell, where who cancels the trial finds it."""
    if not _open_cells(cell.trial_id).filter(pk=cell.pk).update(run=run):
        raise SandboxFailed("the run was cancelled")
    return executors.execute_here(run)


def _keep(cell: TrialCell, **values: Any) -> bool:
    """Keep what is known of a cell; return False where it was cancelled meanwhile."""
    if not _open_cells(cell.trial_id).filter(pk=cell.pk).update(**values):
        return False
    _tell(cell.trial)
    return True


def _tell(trial: Trial) -> None:
    publisher = streams.Publisher(trial.public_id, 0)
    try:
        publisher.cell() if _open_cells(trial.pk).exists() else publisher.done()
    except redis.RedisError as error:
        logger.warning("trial %s: viewers not told: %s", trial, error)
