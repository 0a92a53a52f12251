"""Keeping verifications true: what is stale, new or old is checked when nobody waits."""

import datetime
import functools
import hashlib
import json
import logging
from collections.abc import Iterable, Mapping, Sequence

import redis
from celery import current_app
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from sandbox import Runtime, runtime
from snippets import batches, broker, executors, queueing, staleness, verification
from snippets.keys import HARNESS_VERSION
from snippets.models import Batch, Snippet, Verification
from snippets.querysets import GREEN, RED

Runtimes = Mapping[str, Runtime]
logger = logging.getLogger(__name__)

VERIFY = "runs.verify"
BATCH = 40
FRESH = datetime.timedelta(days=7)
"""What was checked earlier is checked again, for libraries are not all that changes."""
SYNCED_KEY = "zhiyan:cells-synced"
NEW_AT_A_TIME = 500


def request_due() -> int:
    """Queue the next batch of checks, unless one is under way or asks a curator; return its size.

    Readers' runs go before it: it has a queue of its own, and that has its own workers.
    """
    sync_new_cells()
    if batches.must_wait():
        return 0
    known = runtime.load_all()
    due = [one for one in _due() if one.runtime in known and known[one.runtime].is_built]
    if not due:
        return 0
    batch = Batch.objects.create(total=len(due))
    _send(batch, due, known, priority=queueing.VERIFICATION_PRIORITY)
    return len(due)


def request_checks(*, snippet_ids: Iterable[int]) -> int:
    """Queue checks of these snippets on every built runtime that fits; return how many.

    A curator waits for them, so they do not wait for the batch that is under way.
    """
    ids = set(snippet_ids)
    staleness.sync_cells(snippet_ids=ids)
    known = runtime.load_all()
    cells = Verification.objects.current().filter(snippet__in=ids).order_by("snippet", "pk")
    wanted = [one for one in cells if one.runtime in known and known[one.runtime].is_built]
    for start in range(0, len(wanted), BATCH):
        part = wanted[start : start + BATCH]
        batch = Batch.objects.create(total=len(part))
        transaction.on_commit(functools.partial(_send_or_forget, batch, part, known))
    return len(wanted)


def _send_or_forget(batch: Batch, cells: Sequence[Verification], known: Runtimes) -> None:
    """Tell the workers; where the broker is away, let no batch wait for what nobody was told."""
    try:
        # Before the batch that is under way: it has a queue of its own, without readers.
        _send(batch, cells, known, priority=queueing.READER_PRIORITY)
    except (OperationalError, OSError, redis.RedisError) as error:
        logger.warning("batch %s not queued: %s", batch.pk, error)
        batch.delete()
        Verification.objects.current().filter(
            pk__in=[one.pk for one in cells], outcome__in=[*GREEN, *RED]
        ).update(last_outcome=F("outcome"), outcome=Verification.Outcome.STALE)


def _send(batch: Batch, cells: Sequence[Verification], known: Runtimes, *, priority: int) -> None:
    for one in cells:
        current_app.send_task(
            VERIFY,
            args=[one.snippet_id, one.runtime, batch.pk],
            queue=queueing.GPU if known[one.runtime].gpu else queueing.VERIFY_QUEUE,
            priority=priority,
            retry=False,
        )


def sync_new_cells() -> int:
    """Give new snippets their cells, and all of them after runtimes or the harness changed."""
    fingerprint = _fingerprint()
    client = broker.client()
    try:
        if client.get(SYNCED_KEY) != fingerprint:
            ids = Snippet.objects.order_by("pk").values_list("pk", flat=True)
            count = staleness.sync_cells(snippet_ids=ids)
            client.set(SYNCED_KEY, fingerprint)
            return count
    except redis.RedisError as error:
        logger.warning("cells not compared with the runtimes: %s", error)
    new = Snippet.objects.exclude(verifications__is_current=True).order_by("pk")
    return staleness.sync_cells(snippet_ids=new.values_list("pk", flat=True)[:NEW_AT_A_TIME])


def check_again(*, snippet_id: int, runtime_name: str, batch_id: int | None = None) -> None:
    """Verify anew, in this process; what was deleted or stopped meanwhile is left alone."""
    snippet = Snippet.objects.filter(pk=snippet_id).first()
    batch = Batch.objects.filter(pk=batch_id).first() if batch_id is not None else None
    if snippet is None or (batch is not None and batch.state != Batch.State.RUNNING):
        return
    before = snippet.verifications.current().filter(runtime=runtime_name).first()
    after: Verification | None = None
    try:
        after = verification.verify_snippet(
            snippet=snippet,
            wanted=runtime.load(runtime_name),
            execute=executors.execute_here,
            is_forced=True,
            batch=batch,
        )
    except verification.SandboxFailed as error:
        logger.warning("snippet %s on %s not checked: %s", snippet_id, runtime_name, error)
    finally:
        if batch is not None:
            batches.count_check(batch_id=batch.pk, before=before, after=after)


def _due() -> list[Verification]:
    """Return the cells to check next: never run, then stale, then the oldest that are not fresh."""
    current = Verification.objects.current().exclude(
        Q(snippet__suggested_for__isnull=False)
        & Q(snippet__suggested_for__is_suggestion_accepted=False)
    )
    found: list[Verification] = []
    for outcome in (Verification.Outcome.WAITING, Verification.Outcome.STALE):
        found += current.filter(outcome=outcome).order_by("pk")[: BATCH - len(found)]
    old = current.filter(checked_at__lt=timezone.now() - FRESH)
    judged = old.exclude(outcome__in=["waiting", "stale", "skipped"])
    return found + list(judged.order_by("checked_at")[: BATCH - len(found)])


def _fingerprint() -> str:
    known = runtime.load_all()
    parts = [HARNESS_VERSION, sorted((n, one.digest, one.is_built) for n, one in known.items())]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
