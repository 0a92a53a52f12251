"""What there is to verify, and doing it: every placed snippet on every runtime that fits."""

import dataclasses
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, connections

from kb.models import Language, PostSnippet, Translation
from sandbox import Runtime
from snippets import proving, verification
from snippets.models import Snippet, Verification
from snippets.reasons import Reason
from snippets.subjects import subject_of
from snippets.verification import Executor


@dataclasses.dataclass(frozen=True, kw_only=True)
class Check:
    """A snippet to verify on a runtime, and the article that shows it first."""

    snippet: Snippet
    runtime: Runtime
    article: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the report."""

    snippet_id: int
    code: str
    article: str
    runtime: str
    outcome: str
    reason: str = ""
    setup: str = ""
    stdout: str = ""

    def as_dict(self) -> dict[str, str]:
        values = dataclasses.asdict(self)
        del values["snippet_id"]
        return values


def collect_checks(
    *, runtimes: Mapping[str, Runtime], only: str | None, article_id: int | None
) -> list[Check]:
    """Return what to verify, in the order in which pages show it.

    `only` names a runtime: snippets that fit it, and no other runtime.
    """
    placements = PostSnippet.objects.select_related("post", "snippet")
    placements = placements.order_by("post__article_id", "post__position", "position")
    if article_id is not None:
        placements = placements.filter(post__article_id=article_id)
    titles = article_titles()
    checks: dict[tuple[int, str], Check] = {}
    for placement in placements:
        snippet = placement.snippet
        for name in verification.fitting_runtimes(snippet, runtimes):
            if only in {None, name}:
                title = titles.get(placement.post.article_id, "")
                check = Check(snippet=snippet, runtime=runtimes[name], article=title)
                checks.setdefault((snippet.pk, name), check)
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
    checks: list[Check], *, execute: Executor, is_forced: bool, jobs: int
) -> Iterator[Line]:
    """Yield a line for each check, in order.

    Leaving early keeps what is done and starts no more.
    """
    if jobs <= 1:
        for check in checks:
            yield verify_one(check, execute=execute, is_forced=is_forced)
        return

    def work(check: Check) -> Line:
        try:
            return verify_one(check, execute=execute, is_forced=is_forced)
        finally:
            connections.close_all()

    connection.close()  # each thread opens its own
    pool = ThreadPoolExecutor(max_workers=jobs)
    try:
        for future in [pool.submit(work, check) for check in checks]:
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def verify_one(check: Check, *, execute: Executor, is_forced: bool) -> Line:
    """Verify and report; what could not be tried says so and leaves the earlier verdict."""
    if not check.runtime.is_built and proving.judge_unrun(subject_of(check.snippet)) is None:
        command = f"python -m sandbox build {check.runtime.name}"
        return _skipped(check, f"{Reason.NOT_BUILT}: runtime not built; run: {command}")
    try:
        found = verification.verify_snippet(
            snippet=check.snippet, wanted=check.runtime, execute=execute, is_forced=is_forced
        )
    except verification.SandboxFailed as error:
        return _skipped(check, f"sandbox: {error}")
    return Line(
        snippet_id=check.snippet.pk,
        code=check.snippet.code,
        article=check.article,
        runtime=check.runtime.name,
        outcome=found.outcome,
        reason=": ".join(filter(None, [found.reason_code, found.reason])),
        setup=found.setup,
        stdout=found.run.stdout if found.run else "",
    )


def _skipped(check: Check, reason: str) -> Line:
    return Line(
        snippet_id=check.snippet.pk,
        code=check.snippet.code,
        article=check.article,
        runtime=check.runtime.name,
        outcome=Verification.Outcome.SKIPPED.value,
        reason=reason,
    )
