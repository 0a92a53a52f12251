"""A worker's part of a run: claim it, let the sandbox execute it, tell viewers, keep the result."""

import dataclasses
import datetime
import logging
import secrets

from django.conf import settings
from django.db import transaction
from django.utils import timezone

import sandbox
from snippets import services
from snippets.models import Artifact, Run
from snippets.watching import ClaimLost, StreamingWatch, Watch

logger = logging.getLogger(__name__)

AWAY_TOO_LONG = datetime.timedelta(seconds=40)
"""A run does not wait longer for a sandbox service to come back."""
NO_SERVICE = "the sandbox does not answer; the operator sees why with: make status"


class RunPostponed(Exception):
    """The sandbox service was away; the run waits in the queue to be tried again."""


@transaction.atomic
def claim_run(*, public_id: str) -> Run | None:
    """Return the run as claimed by a fresh token, or None where it is not ours to execute."""
    run = Run.objects.claimable().filter(public_id=public_id).first()
    if run is None:
        return None
    if run.attempts >= services.MAX_ATTEMPTS:
        services.give_up(run, f"tried {run.attempts} times without reaching its end")
        return None
    now = timezone.now()
    # The condition is asked again by the UPDATE itself: of two workers one finds no row.
    unchanged = Run.objects.claimable().filter(pk=run.pk, claim_token=run.claim_token)
    token = secrets.token_hex(16)
    claimed = {
        "status": Run.Status.RUNNING,
        "claim_token": token,
        "attempts": run.attempts + 1,
        "started_at": now,
        "heartbeat_at": now,
    }
    if not unchanged.filter(attempts=run.attempts).update(**claimed):
        return None
    for name, value in claimed.items():
        setattr(run, name, value)
    return run


def execute_run(*, public_id: str, watching: type[Watch] = StreamingWatch) -> None:
    """Execute a queued run to its end; nothing happens where it is not queued.

    Raises RunPostponed when no sandbox service listens and attempts are left.
    """
    run = claim_run(public_id=public_id)
    if run is None:
        return
    watch = watching(run)
    try:
        result = _executed(run, watch)
    except ClaimLost:
        logger.warning("run %s: claim lost to a later attempt", run.public_id)
        return
    except sandbox.Cancelled:
        _finish(run, watch, status=Run.Status.CANCELLED, result=None)
        return
    except sandbox.ServiceUnavailable as error:
        if not _put_back(run, watch):
            return
        raise RunPostponed(str(error)) from error
    except sandbox.SandboxError as error:
        logger.exception("run %s: the sandbox failed", run.public_id)
        result = sandbox.Result(verdict=sandbox.Verdict.INTERNAL, reason=str(error))
    _finish(run, watch, status=Run.Status.FINISHED, result=result)


def _executed(run: Run, watch: Watch) -> sandbox.Result:
    if run.cancel_requested:
        raise sandbox.Cancelled("cancelled before it began")
    request = sandbox.Request(
        code=run.code,
        runtime=run.runtime,
        setup=run.setup,
        limits=sandbox.Limits.from_dict(run.limits),
        seed=run.seed,
    )
    # The key keeps code from running twice where a worker died before it wrote the end down.
    events = sandbox.Client(settings.SANDBOX_SOCKET).run(
        request, key=run.public_id, is_cancelled=watch.is_cancelled
    )
    for event in events:
        match event:
            case sandbox.Started():
                watch.start()
            case sandbox.Output():
                watch.hear(event)
            case sandbox.Result():
                return event
    raise sandbox.SandboxError("the sandbox ended without a result")


def _finish(run: Run, watch: Watch, *, status: str, result: sandbox.Result | None) -> None:
    """Keep the end of the run, unless another worker holds it by now."""
    with transaction.atomic():
        held = Run.objects.held_by(run.claim_token).filter(pk=run.pk)
        values = _result_values(result) if result else {}
        kept = held.update(
            status=status,
            output=_storable(watch.output),
            finished_at=timezone.now(),
            claim_token="",
            **values,
        )
        if not kept:
            logger.warning("run %s: result dropped, claim lost", run.public_id)
            return
        for artifact in result.artifacts if result else ():
            Artifact.objects.create(
                run=run, **{**dataclasses.asdict(artifact), "name": artifact.name[:120]}
            )
    watch.end()


def _result_values(result: sandbox.Result) -> dict[str, object]:
    return {
        "verdict": result.verdict.value,
        "reason": _without_nul(result.reason),
        "failure": _storable_failure(result.failure),
        "exit_code": result.exit_code,
        "signal": result.signal or "",
        "truncated": result.truncated,
        "wall_seconds": result.wall_seconds,
        "cpu_seconds": result.cpu_seconds,
        "memory_bytes": result.memory_bytes,
        "environment": result.environment,
    }


def _storable(output: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{**part, "text": _without_nul(part["text"])} for part in output]


def _storable_failure(failure: sandbox.Failure | None) -> dict[str, object]:
    values = dataclasses.asdict(failure) if failure else {}
    return {k: _without_nul(v) if isinstance(v, str) else v for k, v in values.items()}


def _without_nul(text: str) -> str:
    # PostgreSQL stores neither NUL nor lone surrogates.
    return text.replace("\0", "␀").encode("utf-8", "replace").decode()


def _put_back(run: Run, watch: Watch) -> bool:
    """Queue the run again, or give it up where that has no end; return whether it is queued.

    A service that went away in the middle of a run may have been brought down by
    it, so that counts as an attempt; one that did not answer does not.
    """
    counted = run.attempts if watch.is_started else run.attempts - 1
    if counted >= services.MAX_ATTEMPTS or run.queued_at < timezone.now() - AWAY_TOO_LONG:
        services.give_up(run, NO_SERVICE)
        return False
    held = Run.objects.held_by(run.claim_token).filter(pk=run.pk)
    return bool(held.update(status=Run.Status.QUEUED, claim_token="", attempts=counted))
