"""What may be done to snippets and runs: each one transaction, workers told after its commit."""

import dataclasses
import datetime
import hashlib
import logging
from collections.abc import Sequence
from typing import Any

import kombu.exceptions
import redis
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from sandbox import Limits, Request, Verdict, runtime
from snippets import curating, highlighting, limits, queueing, staleness, streams
from snippets.models import Run, Snippet, Trial
from snippets.preparing import Prepared, prepare

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
TELL_AGAIN = datetime.timedelta(seconds=15)
"""A queued run whose worker was told longer ago is announced once more."""
TOLD_AT_MOST = 200
WAITED_TOO_LONG = datetime.timedelta(hours=1)


class RunRefused(Exception):
    """This run cannot be asked for; the message says what to change."""


class NotAllowed(Exception):
    """Not this person's to do."""


@transaction.atomic
def find_or_make_snippet(
    *,
    code: str,
    name: str = "",
    runtimes: Sequence[str] = (),
    claim: str = "",
    setup: str = "",
    earlier: Sequence[str] = (),
    expects_error: bool = False,
    needs_gpu: bool = False,
) -> Snippet:
    """Return the snippet of `code`, made if it is new.

    What its author says here fills in or replaces what was known; what is
    left out stays as it was, for another post may have said it.
    """
    prepared = prepare(
        code=code,
        name=name,
        runtimes=runtimes,
        claim=claim,
        setup=setup,
        earlier=earlier,
        expects_error=expects_error,
        needs_gpu=needs_gpu,
    )
    snippet, is_new = Snippet.objects.get_or_create(
        digest=prepared.digest,
        defaults={
            **new_values(prepared),
            "highlighted": highlighting.python_html(prepared.code),
        },
    )
    if is_new:
        curating.apply_known(snippets=[snippet])
    elif changed := merge_into(snippet, prepared):
        snippet.save(update_fields=changed)
        staleness.mark_stale(snippets=[snippet])
    return snippet


def new_values(prepared: Prepared) -> dict[str, Any]:
    """Return the fields of a new snippet, its digest and its highlighting apart."""
    return {**prepared.given, "kind": Snippet.Kind(prepared.kind), "code": prepared.code}


def merge_into(snippet: Snippet, prepared: Prepared) -> list[str]:
    """Fill in or replace what was known of a snippet by what this author says.

    Returns the names of the fields that changed; the caller saves them.
    """
    changed = [
        key for key, value in prepared.given.items() if value and getattr(snippet, key) != value
    ]
    for key in changed:
        setattr(snippet, key, prepared.given[key])
    return changed


def fill_in(snippet: Snippet, prepared: Prepared) -> list[str]:
    """Add what this author says of matters that nobody said anything of; return those fields.

    So the first place that says something rules, as in `describe_snippet`.
    """
    changed = [key for key, value in prepared.given.items() if value and not getattr(snippet, key)]
    for key in changed:
        setattr(snippet, key, prepared.given[key])
    return changed


@transaction.atomic
def describe_snippet(
    *, snippet: Snippet, said: Sequence[Prepared], shared: Sequence[str] = ()
) -> list[str]:
    """Make the snippet what all the places that show it say, and nothing else does any more.

    The first that says something about a matter rules; `shared` are the setups that curators
    wrote for where it stands. Returns the names of the fields that
    changed, and what was verified before becomes stale.
    """
    wanted: dict[str, Any] = {"shared_setups": list(shared)}
    for one in said:
        for key, value in one.given.items():
            wanted[key] = wanted.get(key) or value
    changed = [key for key, value in wanted.items() if getattr(snippet, key) != value]
    for key in changed:
        setattr(snippet, key, wanted[key])
    if changed:
        snippet.save(update_fields=changed)
        staleness.mark_stale(snippets=[snippet])
    return changed


def request_run(
    *,
    snippet: Snippet | None,
    code: str,
    runtime: str,
    setup: str = "",
    purpose: Run.Purpose = Run.Purpose.READER,
    user: Any = None,
    session_key: str = "",
    seed: int | None = None,
    is_queued: bool = True,
) -> Run:
    """Record the wish to run `code` and tell the workers once it is committed.

    Raises RunRefused for what no worker would run. With `is_queued` false the
    caller executes it itself.
    """
    known_user = user if getattr(user, "is_authenticated", False) else None
    is_check = purpose != Run.Purpose.READER
    allowed = limits.VERIFICATION if is_check else limits.limits_for(user)
    code = code.replace("\r\n", "\n").replace("\r", "\n")
    _check_request(code=code, setup=setup, name=runtime, allowed=allowed, user=user, check=is_check)
    with transaction.atomic():
        run = Run.objects.create(
            snippet=snippet,
            code=code,
            runtime=runtime,
            setup=setup,
            purpose=purpose,
            limits=dataclasses.asdict(allowed),
            seed=seed,
            requested_by=known_user,
            requested_key=hash_session(session_key),
        )
        if is_queued:
            transaction.on_commit(lambda: announce(run))
    return run


def announce(run: Run) -> None:
    """Tell the workers of a queued run; a broker that is away is told by the next sweep."""
    try:
        queueing.enqueue(run)
    except (kombu.exceptions.OperationalError, redis.RedisError, OSError) as error:
        logger.warning("run %s not announced, the sweep will: %s", run.public_id, error)


def cancel_run(*, run: Run, user: Any, session_key: str) -> Run:
    """Cancel a run that is queued, or ask its worker to stop; over is over.

    Raises NotAllowed unless the requester or a curator asks.
    """
    if not may_cancel(run=run, user=user, session_key=session_key):
        raise NotAllowed("only who asked for a run may cancel it")
    now = timezone.now()
    with transaction.atomic():
        still_queued = Run.objects.filter(pk=run.pk, status=Run.Status.QUEUED)
        is_cancelled = still_queued.update(
            status=Run.Status.CANCELLED, cancel_requested=True, finished_at=now
        )
        if not is_cancelled:
            running = Run.objects.filter(pk=run.pk, status=Run.Status.RUNNING)
            running.update(cancel_requested=True)
    if is_cancelled:
        tell_viewers(run)
    else:
        _ask_worker_to_stop(run)
    run.refresh_from_db()
    return run


def may_cancel(*, run: Run, user: Any, session_key: str) -> bool:
    if limits.is_curator(user):
        return True
    if run.requested_by_id is not None:
        return bool(user is not None and user.pk == run.requested_by_id)
    return bool(session_key) and run.requested_key == hash_session(session_key)


def sweep_runs() -> dict[str, int]:
    """Bring back what workers or broker lost; return how many were told again and given up."""
    now = timezone.now()
    given_up = told = 0
    for run in Run.objects.abandoned():
        if run.attempts >= MAX_ATTEMPTS:
            given_up += give_up(run, f"its worker died {run.attempts} times; run it again later")
            continue
        taken = Run.objects.held_by(run.claim_token).filter(pk=run.pk)
        if taken.update(status=Run.Status.QUEUED, claim_token="", enqueued_at=now):
            announce(run)
            told += 1
    lost = Run.objects.filter(status=Run.Status.QUEUED, enqueued_at__lt=now - TELL_AGAIN)
    # Where very many wait, most were not lost: telling of all would only make the queue longer.
    for run in lost.order_by("queued_at")[:TOLD_AT_MOST]:
        if run.queued_at < now - WAITED_TOO_LONG:
            given_up += give_up(run, "no worker took it for an hour; run it again later")
        elif Run.objects.filter(pk=run.pk, status=Run.Status.QUEUED).update(enqueued_at=now):
            announce(run)
            told += 1
    return {"told": told, "given_up": given_up}


def give_up(run: Run, reason: str) -> int:
    """Finish an unfinished run as our own failure; return 1 if it was still unfinished."""
    still = Run.objects.unfinished().filter(pk=run.pk, claim_token=run.claim_token)
    count = still.update(
        status=Run.Status.FINISHED,
        verdict=Verdict.INTERNAL.value,
        reason=reason,
        claim_token="",
        finished_at=timezone.now(),
    )
    if count:
        logger.error("run %s given up: %s", run.public_id, reason)
        tell_viewers(run)
    return count


def tell_viewers(run: Run) -> None:
    """Tell viewers that the run is over; those missed now read it from the database."""
    try:
        streams.announce_end(run.public_id, run.attempts)
    except redis.RedisError as error:
        logger.warning("run %s: viewers not told: %s", run.public_id, error)


def _ask_worker_to_stop(run: Run) -> None:
    try:
        streams.ask_to_cancel(run.public_id)
    except redis.RedisError as error:
        logger.warning("run %s: its worker hears at its next heartbeat: %s", run.public_id, error)


def delete_old_runs() -> int:
    """Delete trials and runs older than RUN_KEPT_DAYS; what a verification shows stays."""
    oldest = timezone.now() - datetime.timedelta(days=settings.RUN_KEPT_DAYS)
    Trial.objects.filter(created_at__lt=oldest).delete()
    old = Run.objects.filter(queued_at__lt=oldest).exclude(verifications__is_current=True)
    return old.delete()[1].get("snippets.Run", 0)


def hash_session(session_key: str) -> str:
    """Return what is stored of a session: enough to recognise it, not to take it over."""
    return hashlib.sha256(session_key.encode()).hexdigest() if session_key else ""


def _check_request(
    *, code: str, setup: str, name: str, allowed: Limits, user: Any, check: bool
) -> None:
    size_bytes = len(code.encode("utf-8", "surrogatepass"))
    if size_bytes > settings.RUN_CODE_BYTES and not check:
        most = settings.RUN_CODE_BYTES
        raise RunRefused(f"code: {size_bytes:,} bytes, at most {most:,}; shorten it")
    try:
        wanted = runtime.load(name)
        Request(code=code, runtime=name, setup=setup, limits=allowed)
    except ValueError as error:  # InvalidRequest and UnknownRuntime
        raise RunRefused(str(error)) from error
    if wanted.gpu and not check and not limits.is_curator(user):
        raise RunRefused(f"runtime {name} has a GPU; only curators may use it")
