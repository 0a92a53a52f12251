"""What a worker starts for an import of the desk; for people there is `manage.py import`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from kb.importers.job_running import execute_job


class Command(BaseCommand):
    help = "Run an import that was asked for on the desk; started by the workers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("job", type=int)
        parser.add_argument("token", help="the claim of the worker that started this")
        parser.add_argument("parent", type=int, help="that worker's process")

    def handle(self, *args: Any, **options: Any) -> None:
        execute_job(job_id=options["job"], token=options["token"], parent=options["parent"])
