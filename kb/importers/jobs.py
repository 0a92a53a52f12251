"""Imports that curators ask for on the desk: kept, checked, imported, cleaned up after."""

import dataclasses
import datetime
import logging
from collections.abc import Iterable
from typing import Any

import redis
from celery import current_app
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from kb.models import Deed, ImportChunk, ImportJob
from kb.people.auditing import note_deed
from snippets import queueing

logger = logging.getLogger(__name__)

RUN = "kb.run_import"
CHUNK_BYTES = 1 << 20
HEARTBEAT_LOST = datetime.timedelta(seconds=60)
TOLD_AGAIN = datetime.timedelta(seconds=60)
ANSWERED_WITHIN = datetime.timedelta(days=7)
"""A file that was checked, or failed, and is left alone for longer is thrown away."""
State = ImportJob.State
WAITING = {State.TO_CHECK: State.CHECKING, State.TO_IMPORT: State.IMPORTING}
RUNNING = tuple(WAITING.values())


class NotNow(Exception):
    """This cannot be done to an import in its state; the message says what to do."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wishes:
    """How a file is to be imported; see `manage.py import`."""

    format: str
    tags: tuple[str, ...] = ()
    min_score: int | None = None
    since: datetime.date | None = None
    site: str = ""


@transaction.atomic
def request_import(*, user: Any, upload: UploadedFile, wishes: Wishes) -> ImportJob:
    """Keep an uploaded file and have it checked; it is imported when its curator says so."""
    job = ImportJob.objects.create(
        format=wishes.format,
        file_name=_file_name(upload.name or ""),
        size_bytes=upload.size or 0,
        tags=list(wishes.tags),
        min_score=wishes.min_score,
        since=wishes.since,
        site=wishes.site,
        requested_by=user,
        enqueued_at=timezone.now(),
    )
    for position, data in enumerate(_pieces(upload)):
        ImportChunk.objects.create(job=job, position=position, data=data)
    transaction.on_commit(lambda: announce(job))
    return job


@transaction.atomic
def start_import(*, user: Any, job: ImportJob) -> None:
    """Import what was checked. Raises NotNow."""
    _move(job, {State.CHECKED}, State.TO_IMPORT)
    note_deed(user=user, verb=Deed.IMPORTED, target=job)


@transaction.atomic
def retry_import(*, user: Any, job: ImportJob, format_name: str = "") -> None:
    """Take up a failed import where it failed: what is stored already is skipped. Raises NotNow.

    Another format may be named; then it is checked anew.
    """
    if not job.chunks.exists():
        raise NotNow("its file was thrown away; upload it again")
    is_other = format_name in ImportJob.Format.values and format_name != job.format
    again = State.TO_CHECK
    if job.failed_state == State.IMPORTING and not is_other:
        again = State.TO_IMPORT
    _move(job, {State.FAILED}, again)
    if is_other:
        ImportJob.objects.filter(pk=job.pk).update(format=format_name)
    note_deed(user=user, verb=Deed.IMPORTED, target=job, why="tried again")


@transaction.atomic
def discard_import(*, user: Any, job: ImportJob) -> None:
    """Forget the file; one that is being imported stops behind its batch, which stays."""
    held = ImportJob.objects.filter(pk=job.pk).exclude(state__in=[State.DONE, State.DISCARDED])
    if not held.update(state=State.DISCARDED, claim_token="", finished_at=timezone.now()):
        raise NotNow("it is over already")
    job.chunks.all().delete()
    note_deed(user=user, verb=Deed.IMPORTED, target=job, why="discarded")


def announce(job: ImportJob) -> None:
    """Tell the workers; a broker that is away is told by the next sweep."""
    try:
        current_app.send_task(
            RUN,
            args=[job.pk],
            # Beside verification, which can wait, and never beside readers' runs.
            queue=queueing.VERIFY_QUEUE,
            priority=queueing.READER_PRIORITY,
            retry=False,
        )
    except (OperationalError, redis.RedisError, OSError) as error:
        logger.warning("import %s not announced, the sweep will: %s", job.pk, error)


def sweep_imports() -> dict[str, int]:
    """Bring back imports whose worker is gone, and throw away files that nobody needs."""
    now = timezone.now()
    silent = ImportJob.objects.filter(state__in=RUNNING, heartbeat_at__lt=now - HEARTBEAT_LOST)
    untold = ImportJob.objects.filter(state__in=list(WAITING), enqueued_at__lt=now - TOLD_AGAIN)
    told = [*silent, *untold]
    for job in told:
        ImportJob.objects.filter(pk=job.pk).update(enqueued_at=now)
        announce(job)
    left = ImportJob.objects.filter(
        state__in=[State.CHECKED, State.FAILED], created_at__lt=now - ANSWERED_WITHIN
    )
    over = [State.DONE, State.DISCARDED]
    gone, _ = ImportChunk.objects.filter(job__state__in=over).delete()
    ImportChunk.objects.filter(job__in=left).delete()
    left.filter(state=State.CHECKED).update(state=State.DISCARDED, finished_at=now)
    return {"told": len(told), "files": gone}


def _move(job: ImportJob, allowed: Iterable[str], state: str) -> None:
    moved = ImportJob.objects.filter(pk=job.pk, state__in=list(allowed)).update(
        state=state,
        failure="",
        done=0,
        expected=None,
        claim_token="",
        finished_at=None,
        enqueued_at=timezone.now(),
    )
    if not moved:
        raise NotNow("it is in another state by now; look at it again")
    job.refresh_from_db()
    transaction.on_commit(lambda: announce(job))


def _file_name(name: str) -> str:
    """Return the last part of a name that a browser sent, printable and not too long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in last if char.isprintable())[-150:].lstrip(".") or "upload"


def _pieces(upload: UploadedFile) -> Iterable[bytes]:
    for chunk in upload.chunks(CHUNK_BYTES):
        yield bytes(chunk)
