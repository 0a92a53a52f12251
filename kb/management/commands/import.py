"""Import another site's content: `manage.py import FORMAT PATH` (docs/importing.md)."""

import datetime
import json
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from kb.importers.base import ImportRefused, Options
from kb.importers.formats import FORMATS
from kb.importers.importing import import_files

SHOWN_ERRORS = 20


class Command(BaseCommand):
    help = "Import another site's content (docs/importing.md); may be stopped and started again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("format", choices=sorted(["archive", *FORMATS]))
        parser.add_argument("path", type=Path, help="the file or folder")
        parser.add_argument(
            "--dry-run", action="store_true", help="report what would be done, and write nothing"
        )
        parser.add_argument("--tag", action="append", default=[], help="only with this tag; again")
        parser.add_argument("--min-score", type=int, help="only questions with this score or more")
        parser.add_argument(
            "--since", type=datetime.date.fromisoformat, help="only from this day on: 2020-01-31"
        )
        parser.add_argument("--site", default="", help="where it comes from: https://example.org")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if options["format"] == "archive":
            call_command(
                "import_archive", path, dry_run=options["dry_run"], json=options["json"],
                stdout=self.stdout,
            )  # fmt: skip
            return
        try:
            shown = self._import(path, options)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror or error}; nothing imported") from error
        except ImportRefused as error:
            raise CommandError(f"{path}: {error}; nothing imported") from error
        if options["json"]:
            self.stdout.write(json.dumps(shown, ensure_ascii=False))
        else:
            self._print(shown)

    def _import(self, path: Path, options: dict[str, Any]) -> dict[str, Any]:
        folder = settings.VAR_DIR / "imports"
        folder.mkdir(parents=True, exist_ok=True)
        console = Console(stderr=True)
        is_shown = not options["json"] and sys.stderr.isatty()
        with (
            tempfile.TemporaryDirectory(dir=folder) as scratch,
            # Drawn between batches, by no thread of its own: converting forks.
            Progress(console=console, disable=not is_shown, auto_refresh=False) as progress,
        ):
            task = progress.add_task("articles", total=None)
            wanted = Options(
                scratch=Path(scratch),
                tags=tuple(options["tag"]),
                min_score=options["min_score"],
                since=options["since"],
                site=options["site"],
            )
            return import_files(
                format_name=options["format"],
                path=path,
                options=wanted,
                dry_run=options["dry_run"],
                on_begin=lambda total: progress.update(task, total=total),
                on_item=lambda count: progress.update(task, advance=count, refresh=True),
            )

    def _print(self, report: dict[str, Any]) -> None:
        table = Table(show_header=False, title="dry run" if report["dry_run"] else None)
        for name, value in report.items():
            shown = str(value)
            if isinstance(value, dict):
                shown = ", ".join(f"{count} {kind}" for kind, count in value.items() if count)
            if name not in {"errors", "dry_run"}:
                table.add_row(name.replace("_", " "), shown)
        console = Console()
        with console.capture() as capture:
            console.print(table)
        self.stdout.write(capture.get())
        for error in report["errors"][:SHOWN_ERRORS]:
            self.stderr.write(f"{error['row']}: {error['reason']}")
        if (more := report["error_count"] - SHOWN_ERRORS) > 0:
            self.stderr.write(f"… and {more} more; --json lists them")
