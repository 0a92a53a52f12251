"""Writing the site into a folder: every table as JSON Lines, every article as Markdown."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from kb.transfer.articles import write_articles
from kb.transfer.tables import exported_models, label, rows_of
from snippets.exporting import write_proofs

VERSION = 1
MANIFEST = "manifest.json"


class TransferRefused(Exception):
    """Nothing was written; the message says why and what to do."""


def export_site(
    *, folder: Path, on_table: Callable[[str], object] = lambda _: None
) -> dict[str, int]:
    """Write everything into a new or empty folder, as of one moment; return rows by table.

    The folder appears when it is whole. Files are for their owner alone: they hold accounts.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise TransferRefused(f"{folder} is there already; name a new folder or empty this one")
    draft = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    previous = os.umask(0o077)
    try:
        (draft / "data").mkdir(parents=True)
        with snapshot():
            counts: dict[str, int] = {}
            digests: dict[str, str] = {}
            for model in exported_models():
                on_table(label(model))
                counts[label(model)], digests[label(model)] = _write_table(model, draft)
            write_articles(draft / "articles")
            write_proofs(draft / "proofs")
        manifest = {
            "format": "zhiyan-export",
            "version": VERSION,
            "migrations": applied_migrations(),
            "tables": {name: {"rows": counts[name], "sha256": digests[name]} for name in counts},
        }
        (draft / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    finally:
        os.umask(previous)
        shutil.rmtree(draft, ignore_errors=True)
    return counts


def applied_migrations() -> dict[str, list[str]]:
    """Return the names of the applied migrations by application."""
    found: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        found.setdefault(app, []).append(name)
    return found


@contextmanager
def snapshot() -> Iterator[None]:
    """Read the database as it is now, whatever is written meanwhile, and hold up no writer."""
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "sqlite":
        # Django's own transactions would take the write lock.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _write_table(model: type[models.Model], folder: Path) -> tuple[int, str]:
    digest = hashlib.sha256()
    count = 0
    with (folder / "data" / f"{label(model)}.jsonl").open("wb") as file:
        for row in rows_of(model):
            line = _line(row)
            file.write(line)
            digest.update(line)
            count += 1
    return count, digest.hexdigest()


def _line(row: dict[str, Any]) -> bytes:
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass") + b"\n"
