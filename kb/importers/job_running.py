"""A worker's part of an import: claim it, run it in a process of its own, keep what came of it."""

import logging
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from kb.importers.base import ImportRefused, Options
from kb.importers.faults import fault_of
from kb.importers.importing import import_files
from kb.importers.jobs import HEARTBEAT_LOST, RUNNING, WAITING, State
from kb.importers.unpacking import is_zip, unpack
from kb.models import ImportJob

logger = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
UNPACKED_TIMES = 10
# Formats of one file, and how its name ends where a zip file holds it among others.
SINGLE = {"archive": (".txt",), "html": (".html", ".htm"), "wxr": (".xml",)}


class ImportLost(Exception):
    """Somebody else has the import by now, or it was discarded."""


def run_job(*, job_id: int) -> None:
    """Run an import to its end in a process of its own; nothing happens where it is not due.

    Converting forks, which a worker full of threads must not, and its memory goes with it.
    """
    token = claim_job(job_id=job_id)
    if token is None:
        return
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "import_job"]
    process = subprocess.Popen([*command, str(job_id), token, str(os.getpid())])
    try:
        while process.poll() is None:
            try:
                process.wait(BEAT_SECONDS)
            except subprocess.TimeoutExpired:
                if not _held(job_id, token).update(heartbeat_at=timezone.now()):
                    process.terminate()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    if process.returncode:
        fail_job(job_id, token, f"it stopped with exit code {process.returncode}; try it again")


def claim_job(*, job_id: int) -> str | None:
    """Return the token of a claim on an import that waits or lost its worker, else None."""
    now = timezone.now()
    silent = Q(state__in=RUNNING, heartbeat_at__lt=now - HEARTBEAT_LOST)
    for waiting, running in WAITING.items():
        token = secrets.token_hex(16)
        due = ImportJob.objects.filter(Q(state=waiting) | (silent & Q(state=running)), pk=job_id)
        if due.update(state=running, claim_token=token, heartbeat_at=now, done=0):
            return token
    return None


def execute_job(*, job_id: int, token: str, parent: int | None = None) -> None:
    """Check or import, in this process, and keep the report, unless the claim was lost."""
    job = _held(job_id, token).first()
    if job is None:
        return

    def tell(**values: Any) -> None:
        if parent is not None and os.getppid() != parent:
            raise ImportLost("its worker is gone")
        if not _held(job_id, token).update(heartbeat_at=timezone.now(), **values):
            raise ImportLost("the claim is gone")

    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        tell(done=done)

    is_dry = job.state == State.CHECKING
    try:
        with _files_of(job) as (path, scratch):
            report = import_files(
                format_name=job.format,
                path=path,
                options=_options(job, scratch),
                dry_run=is_dry,
                on_begin=lambda total: tell(expected=total),
                on_item=count,
            )
    except ImportLost as error:
        logger.warning("import %s left: %s", job_id, error)
    except ImportRefused as error:
        fail_job(job_id, token, str(error))
    except OSError as error:
        fail_job(job_id, token, fault_of(error))
    except Exception as error:
        logger.exception("import %s failed", job_id)
        fail_job(job_id, token, f"a fault of ours: {type(error).__name__}: {error}")
    else:
        _keep(job_id, token, report, is_dry=is_dry)


def fail_job(job_id: int, token: str, why: str) -> None:
    """Keep why an import failed; its file stays, so that it can be tried again."""
    for running in RUNNING:
        _held(job_id, token).filter(state=running).update(
            state=State.FAILED,
            failed_state=running,
            failure=why,
            claim_token="",
            finished_at=timezone.now(),
        )


def _keep(job_id: int, token: str, report: dict[str, Any], *, is_dry: bool) -> None:
    errors, error_count = report.pop("errors"), report.pop("error_count")
    kept = _held(job_id, token).update(
        state=State.CHECKED if is_dry else State.DONE,
        counts=report,
        errors=errors,
        error_count=error_count,
        claim_token="",
        finished_at=timezone.now(),
    )
    if kept and not is_dry:
        ImportJob.objects.get(pk=job_id).chunks.all().delete()


def _held(job_id: int, token: str) -> Any:
    return ImportJob.objects.filter(pk=job_id, claim_token=token, state__in=RUNNING)


def _options(job: ImportJob, scratch: Path) -> Options:
    return Options(
        scratch=scratch,
        tags=tuple(job.tags),
        min_score=job.min_score,
        since=job.since,
        site=job.site,
    )


@contextmanager
def _files_of(job: ImportJob) -> Iterator[tuple[Path, Path]]:
    """Write the upload out for as long as it is read; yield it and a scratch folder."""
    folder = settings.VAR_DIR / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        scratch = Path(temporary) / "scratch"
        upload = Path(temporary) / "upload" / job.file_name
        scratch.mkdir()
        upload.parent.mkdir()
        with upload.open("xb") as file:
            for chunk in job.chunks.iterator(chunk_size=4):
                file.write(bytes(chunk.data))
        if upload.stat().st_size != job.size_bytes:
            raise ImportRefused("its file is not whole any more; upload it again")
        path = _unpacked(job, upload, Path(temporary))
        try:
            yield path, scratch
        except ImportRefused as error:
            # Who uploaded it knows the file, not where we put it.
            raise ImportRefused(str(error).replace(f"{path.parent}/", "")) from error


def _unpacked(job: ImportJob, upload: Path, temporary: Path) -> Path:
    """Return the file, or what a zip file holds: a folder, or the one file of the format."""
    if not is_zip(upload):
        return upload
    # A dump's folder says which site it is of.
    folder = temporary / "files"
    folder.mkdir()
    root = unpack(
        path=upload,
        folder=folder / (upload.stem or "files"),
        most_bytes=UNPACKED_TIMES * settings.IMPORT_BYTES,
    )
    if job.format not in SINGLE:
        return root
    found = [one for one in sorted(root.iterdir()) if one.suffix.lower() in SINGLE[job.format]]
    if len(found) != 1:
        wanted = " or ".join(SINGLE[job.format])
        raise ImportRefused(f"the zip file holds {len(found)} files ending in {wanted}; leave one")
    return found[0]
