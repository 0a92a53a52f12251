"""What curators say of code, as files: `manage.py curation export|import [PATH]`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kb.curation import files


class Command(BaseCommand):
    help = (
        "Write as TOML what curators said of snippets (setups, corrections, claims, accepted "
        "reasons), or read it back; all or nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["export", "import"])
        parser.add_argument(
            "path",
            nargs="?",
            type=Path,
            help="import: a file or a folder, by default content/curation without what was "
            "changed on the desk since; "
            "export: a file, by default standard output",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, action: str, path: Path | None, **options: Any) -> None:
        try:
            if action == "import":
                self._import(path, options["json"])
            else:
                self._export(path)
        except files.CurationFileError as error:
            raise CommandError(f"{error}; nothing imported") from error
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error

    def _import(self, path: Path | None, is_json: bool) -> None:
        curation = files.read_files(path or settings.BASE_DIR / "content" / "curation")
        if path is None:
            curation = files.without_desk(curation)
        report = files.import_curation(curation=curation)
        if is_json:
            self.stdout.write(json.dumps(report))
        else:
            self.stdout.write(
                f"{report['snippets']} snippets ({report['present']} of them here), "
                f"{report['shared']} shared setups and {report['accepted']} accepted reasons read, "
                f"{report['changed']} changed"
            )

    def _export(self, path: Path | None) -> None:
        text = files.export_curation()
        if path is None:
            self.stdout.write(text, ending="")
        else:
            path.write_text(text, encoding="utf-8")
