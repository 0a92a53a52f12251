"""What there is to verify, and doing it: every placed snippet on every runtime that fits."""

import dataclasses
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

from django.db import connection, connections

from kb.models import Language, PostSnippet, Translation
from sandbox import Runtime
from snippets import proving, staleness, verification
from snippets.models import Snippet, Verification
from snippets.querysets import GREEN, RED
from snippets.reasons import Reason
from snippets.subjects import subject_of
from snippets.verification import Executor


@dataclasses.dataclass(frozen=True, kw_only=True)
class Check:
    """A snippet to verify on a runtime, and the article that shows it first."""

    snippet: Snippet
    runtime: Runtime
    article: str
    suggested_for: Snippet | None = None  # whose correction it is


@dataclasses.dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the report."""

    name: str  # #12, or docs/a.md:34
    code: str
    article: str
    runtime: str
    outcome: str
    reason: str = ""
    setup: str = ""
    stdout: str = ""
    origin: str = ""  # of snippets.setups.Origin
    repairs: tuple[str, ...] = ()
    was: str = ""  # the outcome before, or none
    must_work: bool = False  # whatever it did before
    is_untried: bool = False  # the sandbox failed, so nothing was learnt
    is_suggestion: bool = False
    seconds: float = 0.0
    order: int = 0  # among the lines of the report

    @property
    def is_green(self) -> bool:
        return self.outcome in GREEN

    @property
    def is_broken(self) -> bool:
        """Say whether what was green, or has to be, is not; what was not tried still is."""
        is_wanted = self.must_work or self.was in GREEN
        return is_wanted and not self.is_green and self.outcome != "skipped"

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "article": self.article,
            "runtime": self.runtime,
            "outcome": self.outcome,
            "reason": self.reason,
            "setup": self.setup,
            "stdout": self.stdout,
            "name": self.name,
            "origin": self.origin,
            "repairs": list(self.repairs),
            "was": self.was,
        }


def collect_checks(
    *, runtimes: Mapping[str, Runtime], only: str | None, article_id: int | None
) -> list[Check]:
    """Return what to verify, in the order in which pages show it, corrections after their snippet.

    `only` names a runtime: snippets that fit it, and no other runtime. Cells that runtimes
    or the harness have outdated are marked on the way.
    """
    placements = PostSnippet.objects.select_related("post", "snippet__suggested")
    placements = placements.order_by("post__article_id", "post__position", "position")
    if article_id is not None:
        placements = placements.filter(post__article_id=article_id)
    titles = article_titles()
    shown = list(placements)
    staleness.sync_cells(snippet_ids=dict.fromkeys(one.snippet_id for one in shown))
    checks: dict[tuple[int, str], Check] = {}
    for placement in shown:
        snippet, title = placement.snippet, titles.get(placement.post.article_id, "")
        wanted: list[tuple[Snippet, Snippet | None]] = [(snippet, None)]
        if snippet.suggested is not None and snippet.is_suggestion_accepted:
            wanted.append((snippet.suggested, snippet))
        for one, owner in wanted:
            for name in verification.fitting_runtimes(one, runtimes):
                if only in {None, name}:
                    check = Check(
                        snippet=one, runtime=runtimes[name], article=title, suggested_for=owner
                    )
                    checks.setdefault((one.pk, name), check)
    return list(checks.values())


def article_titles() -> dict[int, str]:
    """Return each article's title: the Chinese one where there is one."""
    rows = Translation.objects.exclude(title="").order_by("post__position")
    titles: dict[int, str] = {}
    by_preference = sorted(
        rows.values_list("post__article_id", "language", "title"),
        key=lambda row: row[1] != Language.ZH,
    )
    for article_id, _, title in by_preference:
        titles.setdefault(article_id, title)
    return titles


def verify_all(
    checks: Sequence[Check], *, execute: Executor, is_forced: bool, jobs: int
) -> Iterator[Line]:
    """Yield a line for each check as it comes.

    Leaving early keeps what is done and starts no more.
    """

    def work(check: Check) -> Line:
        return verify_one(check, execute=execute, is_forced=is_forced)

    if jobs <= 1:
        for order, check in enumerate(checks):
            yield dataclasses.replace(work(check), order=order)
        return
    connection.close()  # each thread opens its own

    def close() -> None:
        connections.close_all()

    yield from in_threads([functools.partial(work, check) for check in checks], jobs, close)


def in_threads(
    works: Sequence[Callable[[], Line]], jobs: int, after: Callable[[], None] = lambda: None
) -> Iterator[Line]:
    """Do the works in threads and yield what each gives, as it comes."""

    def done(order: int, work: Callable[[], Line]) -> Line:
        try:
            return dataclasses.replace(work(), order=order)
        finally:
            after()

    pool = ThreadPoolExecutor(max_workers=jobs)
    try:
        for future in as_completed([pool.submit(done, *pair) for pair in enumerate(works)]):
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def verify_one(check: Check, *, execute: Executor, is_forced: bool) -> Line:
    """Verify and report; what could not be tried says so and leaves the earlier verdict."""
    if not check.runtime.is_built and proving.judge_unrun(subject_of(check.snippet)) is None:
        command = f"python -m sandbox build {check.runtime.name}"
        return _skipped(check, f"{Reason.NOT_BUILT}: runtime not built; run: {command}")
    current = check.snippet.verifications.current().filter(runtime=check.runtime.name).first()
    was = current.judged if current and current.judged in {*GREEN, *RED} else ""
    try:
        found = verification.verify_snippet(
            snippet=check.snippet,
            wanted=check.runtime,
            execute=execute,
            is_forced=is_forced,
            known=current,
        )
    except verification.SandboxFailed as error:
        skipped = _skipped(check, f"sandbox: {error}")
        return dataclasses.replace(skipped, was=was, is_untried=True)
    return Line(
        name=_name(check),
        code=check.snippet.code,
        article=check.article,
        runtime=check.runtime.name,
        outcome=found.outcome,
        reason=": ".join(filter(None, [found.reason_code, found.reason])),
        setup=found.setup,
        stdout=found.run.stdout if found.run else "",
        origin=found.setup_origin,
        repairs=tuple(found.repairs),
        was=was,
        is_suggestion=check.suggested_for is not None,
        seconds=(found.run.wall_seconds or 0.0) if found.run else 0.0,
    )


def _skipped(check: Check, reason: str) -> Line:
    return Line(
        name=_name(check),
        code=check.snippet.code,
        article=check.article,
        runtime=check.runtime.name,
        outcome=Verification.Outcome.SKIPPED.value,
        reason=reason,
        is_suggestion=check.suggested_for is not None,
    )


def _name(check: Check) -> str:
    owner = check.suggested_for
    return f"#{check.snippet.pk}" if owner is None else f"#{owner.pk} corrected"
