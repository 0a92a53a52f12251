"""Build the search index anew: `manage.py reindex`; the old one answers meanwhile."""

import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress

from kb.search.draining import rebuild
from kb.search.engines.base import EngineError
from kb.search.vectors import are_on, fill_vectors


class Command(BaseCommand):
    help = "Build the search index anew from the database, while the site goes on serving."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        console = Console(stderr=True)
        with Progress(console=console, disable=not sys.stderr.isatty()) as bar:
            task = bar.add_task("articles", total=None)
            counts = [0]

            def show(done: int, total: int) -> None:
                counts[0] = done
                bar.update(task, completed=done, total=total)

            try:
                index = rebuild(progress=show)
            except EngineError as error:
                raise CommandError(str(error)) from error
            seconds = time.monotonic() - started
            self.stdout.write(f"{counts[0]} articles in {seconds:.1f} s: {index.name}")
            if not are_on():
                self.stdout.write("title vectors: off; docs/search.md says what turns them on")
                return
            task = bar.add_task("title vectors", total=None)
            made = fill_vectors(
                progress=lambda done, total: bar.update(task, completed=done, total=total)
            )
        self.stdout.write(f"title vectors: on, {made} made")
