"""Import a tag page of a bilingual blog: `manage.py import_archive PATH [--dry-run] [--json]`."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from kb.archive.errors import ArchiveError
from kb.archive.page import ReadPage, read_page
from kb.archive.reading import read_file
from kb.importers.archive import import_page, report_of


class Command(BaseCommand):
    help = "Import the text of a tag page (docs/importing.md); all of its articles or none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the page's text, UTF-8")
        parser.add_argument(
            "--dry-run", action="store_true", help="report what would be done, and write nothing"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        try:
            page = read_page(read_file(path))
            report = self._import(page, dry_run=options["dry_run"], is_quiet=options["json"])
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror or error}; nothing imported") from error
        except ArchiveError as error:
            raise CommandError(f"{path}, {error}; nothing imported") from error
        if options["json"]:
            self.stdout.write(json.dumps(report))
        else:
            self._print(report)

    def _import(self, page: ReadPage, *, dry_run: bool, is_quiet: bool) -> dict[str, Any]:
        console = Console(stderr=True)
        shows_progress = not is_quiet and sys.stderr.isatty()
        with Progress(console=console, disable=not shows_progress) as progress:
            task = progress.add_task("articles", total=len(page.articles))
            saved = import_page(
                page=page, dry_run=dry_run, on_article=lambda: progress.advance(task)
            )
        return report_of(page, saved, dry_run=dry_run)

    def _print(self, report: dict[str, Any]) -> None:
        table = Table(show_header=False, title="dry run" if report["dry_run"] else None)
        for name, value in report.items():
            shown = str(value)
            if isinstance(value, dict):
                shown = ", ".join(f"{count} {kind}" for kind, count in value.items() if count)
            table.add_row(name.replace("_", " "), shown)
        console = Console()
        with console.capture() as capture:
            console.print(table)
        self.stdout.write(capture.get())
