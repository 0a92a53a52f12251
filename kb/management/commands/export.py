"""Write the whole site into a folder: `manage.py export PATH` (docs/exporting.md)."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kb.transfer.exporting import TransferRefused, export_site


class Command(BaseCommand):
    help = "Write everything, accounts included, into a new folder; `restore` reads it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the folder to make")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"].resolve()
        try:
            counts = export_site(folder=path)
        except (TransferRefused, OSError) as error:
            raise CommandError(f"{error}; nothing exported") from error
        if options["json"]:
            self.stdout.write(json.dumps({"path": str(path), "rows": counts}))
            return
        self.stdout.write(f"{sum(counts.values()):,} rows of {len(counts)} tables in {path}")
