"""Keep the search index up to date; a program of a running site."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kb.search import indexes
from kb.search.following import follow


class Command(BaseCommand):
    help = "Index what changes, as it changes, until told to stop; build the index where it lacks."

    def handle(self, *args: Any, **options: Any) -> None:
        stopping: list[int] = []
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, _frame: stopping.append(number))
        with indexes.only_drainer() as is_only:
            if not is_only:
                raise CommandError(
                    f"another index_drain is at work for {indexes.root()}; one is enough"
                )
            follow(is_over=lambda: bool(stopping))
