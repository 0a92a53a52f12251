"""Read an export or a backup into an empty site: `manage.py restore PATH` (docs/exporting.md)."""

import json
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kb.transfer.exporting import TransferRefused
from kb.transfer.restoring import restore_site


class Command(BaseCommand):
    help = "Read what `export` or `backup` wrote into this empty site, all of it or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the folder or the file")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        with tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix="restore-") as scratch:
            try:
                counts = restore_site(path=options["path"], scratch=Path(scratch))
            except (TransferRefused, OSError) as error:
                raise CommandError(f"{error}; nothing restored") from error
        if options["json"]:
            self.stdout.write(json.dumps({"rows": counts}))
            return
        self.stdout.write(
            f"{sum(counts.values()):,} rows of {len(counts)} tables restored; "
            "the search index follows when the site runs, or with `manage.py reindex`"
        )
