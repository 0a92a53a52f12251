"""Batches of checks that stopped because too much turned red at once: list and answer them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from snippets import batches
from snippets.models import Batch

LISTED = 10


class Command(BaseCommand):
    help = "List the latest batches of checks; let a stopped one's failures count, or forget them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        answer = parser.add_mutually_exclusive_group()
        answer.add_argument("--accept", metavar="ID", type=int, help="its failures are true")
        answer.add_argument("--discard", metavar="ID", type=int, help="they were ours: check again")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["accept"] is not None:
                count = batches.accept_batch(batch_id=options["accept"])
                self.stdout.write(f"{count} snippets are red now")
            elif options["discard"] is not None:
                count = batches.discard_batch(batch_id=options["discard"])
                self.stdout.write(f"{count} failures forgotten; they are checked again")
            else:
                self._list()
        except batches.NotStopped as error:
            raise CommandError(str(error)) from error

    def _list(self) -> None:
        for batch in Batch.objects.all()[:LISTED]:
            self.stdout.write(
                f"{batch}  {batch.created_at:%Y-%m-%d %H:%M}  {batch.state}: {batch.done} of "
                f"{batch.total} checked, "
                f"{batch.turned_red} of {batch.were_green} working turned red"
            )
