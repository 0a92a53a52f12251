"""Run every snippet on every runtime that fits, and say what came of it."""

import contextlib
import json
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from kb import verifying
from kb.models import Article
from sandbox import Client, SandboxError, ServiceUnavailable, runtime, service
from snippets import executors, queueing
from snippets.verification import Executor

INTERRUPTED = 130


class Command(BaseCommand):
    help = "Run every runnable snippet on every runtime that fits, and report the outcome of each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--runtime", metavar="R", help="only on this runtime")
        parser.add_argument("--article", metavar="ID", type=int, help="only this article's")
        parser.add_argument("--force", action="store_true", help="also what is up to date")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--jobs", metavar="N", type=int, default=2, help="at once; default 2")

    def handle(self, *args: Any, **options: Any) -> None:
        started_at = time.monotonic()
        checks = _checks(options["runtime"], options["article"])
        lines: list[verifying.Line] = []
        is_interrupted = False
        try:
            with _executor() as execute, _progress(len(checks)) as advance:
                for line in verifying.verify_all(
                    checks,
                    execute=execute,
                    is_forced=options["force"],
                    jobs=options["jobs"],
                ):
                    lines.append(line)
                    advance(line)
        except KeyboardInterrupt:
            is_interrupted = True
        except SandboxError as error:
            raise CommandError(str(error)) from error
        seconds = round(time.monotonic() - started_at, 2)
        if options["json"]:
            report = {"results": [line.as_dict() for line in lines], "seconds": seconds}
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            _print_table(lines, seconds)
        if is_interrupted:
            self.stderr.write(f"interrupted; {len(lines)} of {len(checks)} done and kept")
            sys.exit(INTERRUPTED)


def _checks(only: str | None, article_id: int | None) -> list[verifying.Check]:
    runtimes = runtime.load_all()
    if only is not None and only not in runtimes:
        raise CommandError(f"unknown runtime {only!r}; known: {', '.join(sorted(runtimes))}")
    if article_id is not None and not Article.objects.filter(pk=article_id).exists():
        raise CommandError(f"no article has the id {article_id}")
    return verifying.collect_checks(runtimes=runtimes, only=only, article_id=article_id)


@contextlib.contextmanager
def _executor() -> Iterator[Executor]:
    """Give the site's workers the runs where they answer, else execute them in this process."""
    if queueing.has_workers():
        yield executors.execute_on_worker
        return
    try:
        Client(settings.SANDBOX_SOCKET).status()
    except ServiceUnavailable:
        with service.serving(Path(settings.SANDBOX_SOCKET)):
            yield executors.execute_here
    else:
        yield executors.execute_here


@contextlib.contextmanager
def _progress(total: int) -> Iterator[Any]:
    console = Console(stderr=True)
    columns = (
        TextColumn("verifying"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=total)
        counts: Counter[str] = Counter()

        def advance(line: verifying.Line) -> None:
            counts[line.outcome] += 1
            told = " · ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
            progress.update(task, advance=1, description=told)

        yield advance


def _print_table(lines: list[verifying.Line], seconds: float) -> None:
    table = Table("snippet", "article", "runtime", "outcome", "reason")
    for line in lines:
        reason = line.reason.partition("\n")[0][:120]
        table.add_row(f"#{line.snippet_id}", line.article, line.runtime, line.outcome, reason)
    # A pipe gets whole lines: rich would fold them at 80 columns.
    width = None if sys.stdout.isatty() else 240
    console = Console(width=width, markup=False, highlight=False)
    console.print(table)
    counts = Counter(line.outcome for line in lines)
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
    console.print(f"{len(lines)} checks in {seconds} s: {told or 'nothing to verify'}")
