"""Importing files by the name of their format: what the command and the desk share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kb.archive.errors import ArchiveError
from kb.archive.page import read_page
from kb.archive.reading import read_file
from kb.importers.archive import import_page, report_of
from kb.importers.base import ImportRefused, Options, Problems
from kb.importers.formats import FORMATS
from kb.importers.running import run_import

ARCHIVE = "archive"


def import_files(
    *,
    format_name: str,
    path: Path,
    options: Options,
    dry_run: bool = False,
    on_begin: Callable[[int | None], object] = lambda _: None,
    on_item: Callable[[int], object] = lambda _: None,
) -> dict[str, Any]:
    """Import what stands at `path`; return the report that `manage.py import --json` prints.

    `on_begin` hears how many articles there will be, where that is known; `on_item` how many
    more are done. Raises ImportRefused, and OSError where the files cannot be read.
    """
    if format_name == ARCHIVE:
        return _import_archive(path, dry_run=dry_run, on_begin=on_begin, on_item=on_item)
    problems = Problems()
    importer = FORMATS[format_name](path, options, problems)
    on_begin(importer.expected())
    report = run_import(importer=importer, problems=problems, dry_run=dry_run, on_item=on_item)
    return report.as_json(dry_run=dry_run)


def _import_archive(
    path: Path,
    *,
    dry_run: bool,
    on_begin: Callable[[int | None], object],
    on_item: Callable[[int], object],
) -> dict[str, Any]:
    try:
        page = read_page(read_file(path))
        on_begin(len(page.articles))
        saved = import_page(page=page, dry_run=dry_run, on_article=lambda: on_item(1))
    except ArchiveError as error:
        raise ImportRefused(str(error)) from error
    return {**report_of(page, saved, dry_run=dry_run), "error_count": 0, "errors": []}
