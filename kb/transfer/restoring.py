"""Reading an export or a backup into an empty site."""

import hashlib
import json
import tarfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from kb.search.outbox import note_articles
from kb.transfer.exporting import MANIFEST, VERSION, TransferRefused, applied_migrations
from kb.transfer.tables import as_value, exported_models, key_names, label, named_target
from snippets.rows import insert_values, restart_sequences

AT_ONCE = 500


def restore_site(
    *, path: Path, scratch: Path, on_table: Callable[[str], object] = lambda _: None
) -> dict[str, int]:
    """Write an export's rows into this empty site, all or none; return rows by table.

    `path` is a folder of `export` or a file of `backup`, unpacked into `scratch`. Raises
    TransferRefused where the files are damaged, of another version, or the site is not empty.
    """
    folder = _unpacked(path, scratch)
    manifest = _manifest(folder)
    known = {label(model): model for model in exported_models()}
    tables: dict[str, Any] = manifest["tables"]
    if unknown := sorted(set(tables) - set(known)):
        raise TransferRefused(f"{unknown[0]}: this version of the site has no such table")
    for name, table in tables.items():
        _check(folder, name, table)
    _refuse_full([known[name] for name in tables])
    with transaction.atomic():
        counts = {}
        for name in tables:
            on_table(name)
            counts[name] = _read_table(known[name], folder)
        restart_sequences([known[name] for name in tables])
        # What is missing would show only at the commit, without a name.
        connection.check_constraints()
        articles = apps.get_model("kb", "Article")
        note_articles(articles.objects.values_list("pk", flat=True))
    return counts


def _unpacked(path: Path, scratch: Path) -> Path:
    if path.is_dir():
        return path
    if not path.is_file():
        raise TransferRefused(f"{path}: no such file or folder")
    try:
        with tarfile.open(path) as archive:
            archive.extractall(scratch, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise TransferRefused(f"{path} is no backup, or a damaged one: {error}") from error
    return scratch / "export"


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError) as error:
        raise TransferRefused(
            f"{folder}: no readable {MANIFEST}; name a folder that `manage.py export` wrote"
        ) from error
    if not isinstance(manifest, dict) or manifest.get("format") != "zhiyan-export":
        raise TransferRefused(f"{folder / MANIFEST} is not of an export")
    if manifest.get("version") != VERSION:
        raise TransferRefused(
            f"the export is of version {manifest.get('version')}, this site reads {VERSION}"
        )
    if manifest.get("migrations") != applied_migrations():
        raise TransferRefused(
            "the export is of a site with other migrations; restore it with the version of the "
            "site that wrote it, then update"
        )
    return manifest


def _check(folder: Path, name: str, table: dict[str, Any]) -> None:
    digest = hashlib.sha256()
    rows = 0
    try:
        with (folder / "data" / f"{name}.jsonl").open("rb") as file:
            for line in file:
                digest.update(line)
                rows += 1
    except OSError as error:
        raise TransferRefused(f"data/{name}.jsonl: {error.strerror}") from error
    if rows != table["rows"] or digest.hexdigest() != table["sha256"]:
        raise TransferRefused(
            f"data/{name}.jsonl has {rows} of {table['rows']} rows, or was changed; "
            "get the export again"
        )


def _refuse_full(tables: list[type[models.Model]]) -> None:
    for model in tables:
        app = model._meta.app_label
        if (app in {"kb", "snippets"} or label(model) == "auth.user") and (
            model._base_manager.exists()
        ):
            raise TransferRefused(
                f"this site is not empty ({label(model)} has rows); restore into a new one: "
                "set ZHIYAN_VAR or DATABASE_URL, and run `manage.py migrate`"
            )


def _read_table(model: type[models.Model], folder: Path) -> int:
    fields = model._meta.concrete_fields
    names = {
        field.attname: {tuple(name): pk for pk, name in key_names(target).items()}
        for field in fields
        if (target := named_target(field))
    }
    count = 0
    # Some applications make rows of their own when their tables are made.
    model._base_manager.all().delete()
    with (folder / "data" / f"{label(model)}.jsonl").open("rb") as file:
        lines: Iterator[bytes] = iter(file)
        while part := list(islice(lines, AT_ONCE)):
            rows = []
            for line in part:
                row = json.loads(line.decode("utf-8", "surrogatepass"))
                rows.append([_value(row, field, names) for field in fields])
            insert_values(model, [str(field.column) for field in fields], rows)
            count += len(part)
    return count


def _value(row: dict[str, Any], field: Any, names: dict[str, dict[tuple[str, ...], Any]]) -> Any:
    if field.attname not in row:
        raise TransferRefused(f"a row of {label(field.model)} has no {field.attname}")
    value = row[field.attname]
    if field.attname in names and value is not None:
        if tuple(value) not in names[field.attname]:
            raise TransferRefused(f"{label(field.model)} names {value}, which this site lacks")
        value = names[field.attname][tuple(value)]
    return field.get_db_prep_save(as_value(value, field), connection)
