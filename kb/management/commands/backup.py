"""Back the whole site up into one file: `manage.py backup FILE.tar.gz` (docs/exporting.md)."""

import json
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kb.transfer.backing_up import back_up
from kb.transfer.exporting import TransferRefused


class Command(BaseCommand):
    help = "Back up database, artifacts and settings without secrets, while the site runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the .tar.gz to make")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"].resolve()
        with tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix="backup-") as scratch:
            try:
                counts = back_up(file=path, scratch=Path(scratch))
            except (TransferRefused, OSError) as error:
                raise CommandError(f"{error}; nothing backed up") from error
        report = {"path": str(path), "bytes": path.stat().st_size, "rows": counts}
        if options["json"]:
            self.stdout.write(json.dumps(report))
            return
        self.stdout.write(f"{sum(counts.values()):,} rows in {path}, {report['bytes']:,} bytes")
