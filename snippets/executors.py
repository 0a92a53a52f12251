"""Two ways to bring a verification's run to its end and wait for it."""

import time

from snippets import execution, queueing, services, streams
from snippets.models import Run
from snippets.verification import SandboxFailed
from snippets.watching import Watch

POSTPONED_SECONDS = 1.0
NO_SERVICE_SECONDS = 20.0
POLL_SECONDS = 1.0
NO_WORKER_SECONDS = 60.0


def execute_here(run: Run) -> Run:
    """Execute in this process. Raises SandboxFailed when no service answers for a while."""
    started_at = time.monotonic()
    while not run.is_over:
        try:
            execution.execute_run(public_id=run.public_id, watching=Watch)
        except execution.RunPostponed as error:
            if time.monotonic() - started_at >= NO_SERVICE_SECONDS:
                services.give_up(run, execution.NO_SERVICE)
                raise SandboxFailed(str(error)) from error
            time.sleep(POSTPONED_SECONDS)
        run.refresh_from_db()
    return run


def execute_on_worker(run: Run) -> Run:
    """Leave it to a Celery worker. Raises SandboxFailed when none is there to take it."""
    services.announce(run)
    place = streams.FIRST
    asked_at = time.monotonic()
    while not run.is_over:
        place, _is_done = streams.wait_until_done(run.public_id, place, POLL_SECONDS)
        run.refresh_from_db()
        is_late = time.monotonic() - asked_at > NO_WORKER_SECONDS
        if is_late and run.status == Run.Status.QUEUED:
            if not queueing.has_workers():
                raise SandboxFailed("no worker took the run; see: make status")
            asked_at = time.monotonic()
    return run
