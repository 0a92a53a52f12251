"""Proving plain Markdown files: the snippets of documents that no database knows."""

import dataclasses
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from kb.content import ANSWER
from kb.errors import AuthoringError
from kb.markdown.rendering import SnippetDraft, find_snippets, snippet_values
from kb.verification.verifying import Line
from sandbox import Runtime
from snippets import code as codes
from snippets import fitting, proving, sessions, setups
from snippets.expectations import Tolerance
from snippets.models import Verification
from snippets.proving import Attempt, Runner
from snippets.reasons import Reason
from snippets.subject import Rung, Subject

PLAIN_FENCE = re.compile(
    r"^(?P<before>(?:[ >]|[-*+][ ]|\d+[.)][ ])*)(?P<marks>`{3,}|~{3,})[ ]*(?:python3?|py|pycon)[ ]*$"
)
RUN_FENCE = re.compile(r"^\W*(?:`{3,}|~{3,})[ ]*(?:python|pycon)[ ]+run\b", re.MULTILINE)
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


class DocumentError(Exception):
    """A file that cannot be read or understood; the message has its line."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Job:
    """A snippet of a document on a runtime."""

    name: str  # path:line
    path: str
    subject: Subject
    runtime: Runtime


def collect_jobs(
    paths: list[Path], *, runtimes: Mapping[str, Runtime], only: str | None
) -> list[Job]:
    """Return what there is to prove in Markdown files and folders of them, each snippet once.

    A file with ```python run fences has those proven; in one without any, all of its
    Python fences are. Raises DocumentError, with a line for each file that cannot be read.
    """
    jobs: dict[tuple[object, ...], Job] = {}
    wrong: list[str] = []
    for path in _files(paths):
        try:
            for key, job in _jobs_of(path, runtimes):
                if only in {None, job.runtime.name}:
                    jobs.setdefault(key, job)
        except DocumentError as error:
            wrong.append(str(error))
    if wrong:
        raise DocumentError("\n".join(wrong))
    return list(jobs.values())


def _jobs_of(
    path: Path, runtimes: Mapping[str, Runtime]
) -> Iterator[tuple[tuple[object, ...], Job]]:
    """Yield what there is to prove in one file, and what makes it the same as another."""
    for draft_values, line in _snippets(path):
        _refuse_unknown(draft_values["runtimes"], runtimes, f"{path}:{line}")
        subject, fits = _subject(draft_values, runtimes)
        for name in fits:
            job = Job(
                name=f"{path}:{line}", path=str(path), subject=subject, runtime=runtimes[name]
            )
            yield (codes.digest(subject.code), subject.rungs, subject.claim, name), job


def _refuse_unknown(wanted: object, runtimes: Mapping[str, Runtime], place: str) -> None:
    """Refuse a fence that names runtimes that are not here: its author waits for them."""
    if unknown := sorted(set(wanted) - set(runtimes)):  # type: ignore[call-overload]
        known = ", ".join(sorted(runtimes))
        raise DocumentError(f"{place}: unknown runtime {unknown[0]!r}; known: {known}")


def prove_job(job: Job, *, run: Runner, tolerance: Tolerance) -> Line:
    """Prove one snippet and report; what could not be tried is skipped and says why."""
    outcome, reason = Verification.Outcome.SKIPPED.value, ""
    rung: Rung | None = None
    attempt: Attempt | None = None
    is_untried = False
    started_at = time.monotonic()
    if not job.runtime.is_built:
        reason = f"{Reason.NOT_BUILT}: run: python -m sandbox build {job.runtime.name}"
    else:
        try:
            proof = proving.prove(job.subject, job.runtime, run, tolerance)
        except proving.SandboxFailed as error:
            reason, is_untried = f"sandbox: {error}", True
        else:
            judgement, rung, attempt = proof.judgement, proof.rung, proof.attempt
            outcome = judgement.outcome.value
            reason = ": ".join(filter(None, [judgement.code, judgement.reason]))
    return Line(
        name=job.name,
        code=job.subject.code,
        article=job.path,
        runtime=job.runtime.name,
        outcome=outcome,
        reason=reason,
        setup=rung.setup if rung else "",
        stdout=attempt.ended.stdout if attempt else "",
        origin=rung.origin if rung else "",
        repairs=rung.repairs if rung else (),
        must_work=True,
        is_untried=is_untried,
        seconds=time.monotonic() - started_at,
    )


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            found = [p for p in sorted(path.rglob("*.md")) if not p.name.startswith(".")]
            if not found:
                raise DocumentError(f"{path}: no Markdown (*.md) in this folder")
            yield from found
        elif path.is_file():
            yield path
        else:
            raise DocumentError(f"{path}: no such file or folder")


def _snippets(path: Path) -> Iterator[tuple[dict[str, object], int]]:
    try:
        text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path}: not UTF-8 at byte {error.start}") from error
    front = FRONT_MATTER.match(text)
    body = "\n" * front[0].count("\n") + text[front.end() :] if front else text
    if not RUN_FENCE.search(body):
        body = "\n".join(_runnable(line) for line in body.split("\n"))
    for first, section in _sections(body):
        try:
            drafts: list[SnippetDraft] = find_snippets(section)
        except AuthoringError as error:
            line = first + (error.line or 1) - 1
            raise DocumentError(f"{path}:{line}: {error.message}") from error
        for index, draft in enumerate(drafts):
            yield snippet_values(drafts, index), first + draft.line - 1


def _runnable(line: str) -> str:
    found = PLAIN_FENCE.match(line)
    return f"{found['before']}{found['marks']}python run" if found else line


def _sections(text: str) -> Iterator[tuple[int, str]]:
    """Yield the parts of a file that answers are, each with its first line: sessions end there."""
    lines = text.split("\n")
    starts = [0, *(n for n, line in enumerate(lines) if ANSWER.match(line))]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield start + 1, "\n".join(lines[start:end])


def _subject(
    values: dict[str, object], runtimes: Mapping[str, Runtime]
) -> tuple[Subject, list[str]]:
    code, setup = str(values["code"]), str(values["setup"])
    earlier = [str(block) for block in values["earlier"]]  # type: ignore[attr-defined]
    borrowed = fitting.borrowed_libraries(code=code, earlier=earlier, runtimes=runtimes)
    rungs = setups.ladder(code, setup, earlier, libraries=borrowed)
    is_session = sessions.is_session(codes.tidy(code))
    subject = Subject(
        code=codes.tidy(code),
        rungs=tuple(map(Rung.from_dict, rungs)),
        claim=str(values["claim"]),
        expects_error=bool(values["expects_error"]),
        is_python2=not is_session and codes.classify(code) is codes.Kind.PYTHON2,
        is_session=is_session,
    )
    fits = fitting.fitting_runtimes(
        code=code,
        wanted=[str(name) for name in values["runtimes"]],  # type: ignore[attr-defined]
        runtimes=runtimes,
        borrowed=borrowed,
        written=[setup],
        needs_gpu=bool(values["needs_gpu"]),
    )
    return subject, fits
