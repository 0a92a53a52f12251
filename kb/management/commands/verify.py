"""Run every snippet on every runtime that fits, and say what came of it."""

import contextlib
import json
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from kb.models import Article
from kb.verification import documents, reports, verifying
from kb.verification.verifying import Line
from sandbox import Client, SandboxError, ServiceUnavailable, runtime, service
from snippets import direct, executors, keys, queueing
from snippets.models import Verification
from snippets.verification import Executor

BROKEN, NOT_CHECKED, INTERRUPTED = 1, 2, 130


class Command(BaseCommand):
    help = (
        "Run every runnable snippet on every runtime that fits, and report the outcome of each: "
        "those of the database, or those of Markdown files given by path. Exit codes: 0; with "
        "--check 1 when something is broken; 2 when it could not be checked; 130 by Ctrl-C."
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
        parser.add_argument(
            "--jobs", metavar="N", type=_count, default=2, help="at once; default 2"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        _refuse_junit(options["junit"])
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
            raise CommandError(str(error), returncode=NOT_CHECKED) from error
        except DatabaseError as error:
            told = f"the database cannot be read: {error}; `make up` sets it up"
            raise CommandError(told, returncode=NOT_CHECKED) from error
        lines.sort(key=lambda line: line.order)
        self._report(lines, round(time.monotonic() - started_at, 2), options)
        if is_interrupted:
            self.stderr.write(f"interrupted; {len(lines)} of {total} done")
            sys.exit(INTERRUPTED)
        if options["check"]:
            self._exit_by(lines)

    def _exit_by(self, lines: list[Line]) -> None:
        """End with the exit code that says whether something is broken or could not be tried."""
        if broken := [line for line in lines if line.is_broken]:
            self.stderr.write(f"broken, {len(broken)} of {len(lines)}: {_names(broken)}")
            sys.exit(BROKEN)
        # Where no runtime is built at all, nothing was checked either.
        is_idle = all(line.outcome == Verification.Outcome.SKIPPED for line in lines)
        if untried := [line for line in lines if line.is_untried or is_idle]:
            self.stderr.write(f"not checked, {len(untried)} of {len(lines)}: {_names(untried)}")
            sys.exit(NOT_CHECKED)

    def _report(self, lines: list[Line], seconds: float, options: dict[str, Any]) -> None:
        if options["json"]:
            report = reports.as_json(lines, seconds)
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            reports.print_table(lines, seconds)
        if path := options["junit"]:
            try:
                path.write_bytes(reports.as_junit(lines))
            except OSError as error:
                told = f"{path}: cannot be written: {error.strerror}"
                raise CommandError(told, returncode=NOT_CHECKED) from error


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ArgumentTypeError(f"{number}: expected 1 or more")
    return number


def _refuse_junit(path: Path | None) -> None:
    """Say at once that a report would have no place, not after everything was run."""
    if path is not None and not path.absolute().parent.is_dir():
        raise CommandError(f"{path}: no such folder", returncode=NOT_CHECKED)


def _names(lines: list[Line]) -> str:
    return ", ".join(f"{line.name} on {line.runtime}" for line in lines)


@contextlib.contextmanager
def _source(options: dict[str, Any]) -> Iterator[tuple[int, Iterator[Line]]]:
    """Yield how many lines there will be, and the lines as they come."""
    runtimes = runtime.load_all()
    only, jobs = options["runtime"], options["jobs"]
    if only is not None and only not in runtimes:
        told = f"unknown runtime {only!r}; known: {', '.join(sorted(runtimes))}"
        raise CommandError(told, returncode=NOT_CHECKED)
    if options["paths"]:
        if options["article"] is not None:
            told = "--article is for the database's snippets; leave it or the paths out"
            raise CommandError(told, returncode=NOT_CHECKED)
        found = documents.collect_jobs(options["paths"], runtimes=runtimes, only=only)
        with _service():
            yield len(found), _of_documents(found, jobs)
        return
    article_id = options["article"]
    if article_id is not None and not Article.objects.filter(pk=article_id).exists():
        raise CommandError(f"no article has the id {article_id}", returncode=NOT_CHECKED)
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
                # As it stands: rich would fold it, and read brackets of a path as markup.
                told = f"{line.name} on {line.runtime}: {line.outcome}"
                progress.console.print(told, markup=False, highlight=False, soft_wrap=True)

        yield advance
