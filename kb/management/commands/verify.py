"""Run every snippet on every runtime that fits, and say what came of it."""

import contextlib
import json
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from kb import documents, reports, verifying
from kb.models import Article
from kb.verifying import Line
from sandbox import Client, SandboxError, ServiceUnavailable, runtime, service
from snippets import direct, executors, keys, queueing
from snippets.verification import Executor

INTERRUPTED = 130


class Command(BaseCommand):
    help = (
        "Run every runnable snippet on every runtime that fits, and report the outcome of each: "
        "those of the database, or those of Markdown files given by path."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "paths", metavar="PATH", nargs="*", type=Path, help="Markdown files or folders of them"
        )
        parser.add_argument("--runtime", metavar="R", help="only on this runtime")
        parser.add_argument("--article", metavar="ID", type=int, help="only this article's")
        parser.add_argument("--force", action="store_true", help="also what is up to date")
        parser.add_argument(
            "--check",
            action="store_true",
            help="exit 1 when something that was green is not; in files, when something fails",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--junit", metavar="FILE", type=Path, help="write JUnit XML there too")
        parser.add_argument("--jobs", metavar="N", type=int, default=2, help="at once; default 2")

    def handle(self, *args: Any, **options: Any) -> None:
        started_at = time.monotonic()
        lines: list[Line] = []
        is_interrupted = False
        total = 0
        try:
            with _source(options) as (total, results), _progress(total) as advance:
                for line in results:
                    lines.append(line)
                    advance(line)
        except KeyboardInterrupt:
            is_interrupted = True
        except (SandboxError, documents.DocumentError) as error:
            raise CommandError(str(error)) from error
        lines.sort(key=lambda line: line.order)
        self._report(lines, round(time.monotonic() - started_at, 2), options)
        if is_interrupted:
            self.stderr.write(f"interrupted; {len(lines)} of {total} done and kept")
            sys.exit(INTERRUPTED)
        if options["check"] and (broken := [line for line in lines if line.is_broken]):
            self.stderr.write(f"{len(broken)} no longer work: {_names(broken)}")
            sys.exit(1)

    def _report(self, lines: list[Line], seconds: float, options: dict[str, Any]) -> None:
        if path := options["junit"]:
            try:
                path.write_bytes(reports.as_junit(lines))
            except OSError as error:
                raise CommandError(f"{path}: cannot be written: {error.strerror}") from error
        if options["json"]:
            report = reports.as_json(lines, seconds)
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            reports.print_table(lines, seconds)


def _names(lines: list[Line]) -> str:
    return ", ".join(f"{line.name} on {line.runtime}" for line in lines)


@contextlib.contextmanager
def _source(options: dict[str, Any]) -> Iterator[tuple[int, Iterator[Line]]]:
    """Yield how many lines there will be, and the lines as they come."""
    runtimes = runtime.load_all()
    only, jobs = options["runtime"], options["jobs"]
    if only is not None and only not in runtimes:
        raise CommandError(f"unknown runtime {only!r}; known: {', '.join(sorted(runtimes))}")
    if options["paths"]:
        found = documents.collect_jobs(options["paths"], runtimes=runtimes, only=only)
        with _service():
            yield len(found), _of_documents(found, jobs)
        return
    article_id = options["article"]
    if article_id is not None and not Article.objects.filter(pk=article_id).exists():
        raise CommandError(f"no article has the id {article_id}")
    checks = verifying.collect_checks(runtimes=runtimes, only=only, article_id=article_id)
    with _executor() as execute:
        lines = verifying.verify_all(checks, execute=execute, is_forced=options["force"], jobs=jobs)
        yield len(checks), lines


def _of_documents(jobs: list[documents.Job], threads: int) -> Iterator[Line]:
    run = direct.DirectRunner(client=Client(settings.SANDBOX_SOCKET))
    tolerance = keys.tolerance()
    works: list[Callable[[], Line]] = [
        lambda job=job: documents.prove_job(job, run=run, tolerance=tolerance)  # type: ignore[misc]
        for job in jobs
    ]
    return verifying.in_threads(works, threads)


@contextlib.contextmanager
def _executor() -> Iterator[Executor]:
    """Give the site's workers the runs where they answer, else execute them in this process."""
    if queueing.has_workers():
        yield executors.execute_on_worker
        return
    with _service():
        yield executors.execute_here


@contextlib.contextmanager
def _service() -> Iterator[None]:
    """Use the sandbox service that listens, else serve from this process."""
    try:
        Client(settings.SANDBOX_SOCKET).status()
    except ServiceUnavailable:
        with service.serving(Path(settings.SANDBOX_SOCKET)):
            yield
    else:
        yield


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

        def advance(line: Line) -> None:
            counts[line.outcome] += 1
            told = " · ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
            progress.update(task, advance=1, description=told)
            if line.is_broken:
                progress.console.print(f"{line.name} on {line.runtime}: {line.outcome}")

        yield advance
