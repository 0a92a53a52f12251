"""Load content/ into the site: `manage.py load_content [PATH] [--json]`."""

import json
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from kb.content import Content, ContentError, read_content
from kb.errors import AuthoringError
from kb.services import save_article
from kb.tagging import save_tags


class Command(BaseCommand):
    help = "Load tags and articles in the authoring format (docs/authoring.md); all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, default=settings.BASE_DIR / "content")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = load(read_content(options["path"]))
        except (ContentError, AuthoringError) as error:
            raise CommandError(f"nothing was loaded\n{error}") from error
        if options["json"]:
            self.stdout.write(json.dumps(counts))
        else:
            self.stdout.write(", ".join(f"{number} {what}" for what, number in counts.items()))


@transaction.atomic
def load(content: Content) -> dict[str, int]:
    """Store the content; return how many articles were created, updated and left alone."""
    changed_tags = save_tags(drafts=content.tags)
    saved = Counter(save_article(draft=draft, comment="load_content") for draft in content.articles)
    return {
        "tags": len(content.tags),
        "tags_changed": changed_tags,
        "articles": len(content.articles),
        "created": saved["created"],
        "updated": saved["updated"],
        "unchanged": saved["unchanged"],
    }
