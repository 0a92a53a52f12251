"""Running an import: items in batches, each batch whole or not at all."""

import contextlib
import dataclasses
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from typing import Any

from django.db import transaction

from kb.curation.deleting import were_deleted
from kb.errors import AuthoringError
from kb.importers.base import DescribesTags, Importer, Item, Problems, Unreadable
from kb.importers.planning import Plan, plan_article
from kb.importers.storing import Planned, Tags, store_new
from kb.models import Source
from kb.services import save_article
from kb.workers import collecting_seldom, cores, workers

BATCH = 150
"""Articles in a transaction: enough to make its cost small, few enough to lose at a kill."""
AHEAD = 3
"""Batches that are converted while one is stored: some take longer than others."""
FEW = 500
"""Items from which on other processes convert: they take a moment to start."""
BLOCK_KINDS = ("python", "shell", "output", "console", "other")


@dataclasses.dataclass(kw_only=True)
class Report:
    """What an import did; the counts of code are of what it converted, not of the unchanged."""

    saved: Counter[str] = dataclasses.field(default_factory=Counter)
    roles: Counter[str] = dataclasses.field(default_factory=Counter)
    kinds: Counter[str] = dataclasses.field(default_factory=Counter)
    snippets: set[int] = dataclasses.field(default_factory=set)  # of digests, cut to 60 bits
    problems: Problems = dataclasses.field(default_factory=Problems)

    def as_json(self, *, dry_run: bool) -> dict[str, Any]:
        created = {state: self.saved[state] for state in ("created", "updated", "unchanged")}
        others = sorted(set(self.kinds) - set(BLOCK_KINDS))
        return {
            "articles": sum(created.values()),
            "questions": self.roles["question"],
            "guides": self.roles["guide"],
            "answers": self.roles["answer"],
            "sections": self.roles["question"] + self.roles["answer"],
            "blocks": {kind: self.kinds[kind] for kind in (*BLOCK_KINDS, *others)},
            "snippets": len(self.snippets),
            **created,
            "dry_run": dry_run,
            "error_count": self.problems.count,
            "errors": [dataclasses.asdict(problem) for problem in self.problems.first],
        }


def run_import(
    *,
    importer: Importer,
    problems: Problems,
    dry_run: bool = False,
    on_item: Callable[[int], object] = lambda _: None,
) -> Report:
    """Store every article that the files hold; start it again where it was stopped.

    `on_item` is called with how many more are done. Raises ImportRefused before anything is
    written. A dry run converts everything and writes nothing.
    """
    report = Report(problems=problems)
    tags = Tags(importer.describe_tag) if isinstance(importer, DescribesTags) else Tags()
    with _converter(importer) as convert:
        items = importer.items()
        batches = _batches(items if importer.has_unique_ids else _once(items, problems))
        for batch, known, wanted, results in _ahead(_begun(batches, importer.kind, convert)):
            for item in batch:
                report.roles[item.kind] += 1
                report.roles["answer"] += item.answer_count
            report.saved["unchanged"] += len(batch) - len(wanted)
            plans = list(_readable(wanted, results, report))
            if dry_run:
                updated = sum(item.external_id in known for item, _ in plans)
                report.saved.update(updated=updated, created=len(plans) - updated)
            else:
                _store(plans, known, tags, report, importer.kind)
            on_item(len(batch))
    return report


def _store(
    plans: Sequence[tuple[Item, Plan]],
    known: dict[str, str],
    tags: Tags,
    report: Report,
    kind: str,
) -> None:
    with transaction.atomic():
        new = [(item, plan) for item, plan in plans if item.external_id not in known]
        store_new(
            planned=[Planned(digest=item.digest, plan=plan) for item, plan in new],
            tags=tags,
            comment=f"import {kind}",
        )
        report.saved["created"] += len(new)
        for item, plan in plans:
            if item.external_id in known:
                _save_changed(item, plan, tags, report, kind)


def _save_changed(item: Item, plan: Plan, tags: Tags, report: Report, kind: str) -> None:
    found = [tags.find_or_make(name) for name in plan.draft.tags]
    slugs = tuple(dict.fromkeys(tag.slug for tag in found if tag is not None))
    draft = dataclasses.replace(plan.draft, tags=slugs)
    try:
        saved = save_article(draft=draft, comment=f"import {kind}", digest=item.digest)
    except AuthoringError as error:
        report.problems.add(item.row, f"not updated: {error}")
        return
    report.saved[saved] += 1


def _known(kind: str, batch: Sequence[Item]) -> dict[str, str]:
    """Return the digests of the items that are stored; what a curator deleted counts as such."""
    rows = Source.objects.filter(
        kind=kind, external_id__in=[item.external_id for item in batch]
    ).values_list("external_id", "digest", "article")
    stored = {name: digest if article else "" for name, digest, article in rows}
    absent = [item for item in batch if not stored.get(item.external_id)]
    deleted = were_deleted(kind=kind, external_ids=[item.external_id for item in absent])
    gone = {item.external_id: item.digest for item in absent if item.external_id in deleted}
    return stored | gone


def _once(items: Iterable[Item], problems: Problems) -> Iterator[Item]:
    seen: set[str] = set()
    for item in items:
        if item.external_id in seen:
            problems.add(item.row, f"{item.external_id} stands here again; only the first is taken")
            continue
        seen.add(item.external_id)
        yield item


def _batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    while batch := list(islice(items, BATCH)):
        yield batch


Begun = tuple[list[Item], dict[str, str], list[Item], Iterable[Plan | str]]


def _begun(batches: Iterable[list[Item]], kind: str, convert: "_Converter") -> Iterator[Begun]:
    for batch in batches:
        known = _known(kind, batch)
        wanted = [item for item in batch if known.get(item.external_id) != item.digest]
        yield batch, known, wanted, convert.plans(wanted)


def _ahead(begun: Iterator[Begun]) -> Iterator[Begun]:
    """Yield each once the next ones have begun, so that converting goes on while one is stored."""
    waiting: deque[Begun] = deque()
    for one in begun:
        waiting.append(one)
        if len(waiting) > AHEAD:
            yield waiting.popleft()
    yield from waiting


def _readable(
    items: Sequence[Item], results: Iterable[Plan | str], report: Report
) -> Iterator[tuple[Item, Plan]]:
    for item, result in zip(items, results, strict=True):
        if isinstance(result, str):
            report.problems.add(item.row, result)
            continue
        _count(result, report)
        yield item, result


def _count(plan: Plan, report: Report) -> None:
    report.kinds += plan.kinds
    report.snippets.update(int(one.digest[:15], 16) for post in plan.posts for one in post.snippets)
    for problem in plan.problems:
        report.problems.add(problem.row, problem.reason)


def _plan(importer: Importer, item: Item) -> Plan | str:
    try:
        converted = importer.convert(item)
        plan = plan_article(converted.draft, row=item.row)
    except (Unreadable, AuthoringError) as error:
        return str(error)
    return dataclasses.replace(plan, problems=(*converted.problems, *plan.problems))


_importer: Importer | None = None


def _begin(importer: Importer) -> None:
    global _importer  # noqa: PLW0603 - a worker process has one import
    _importer = importer


def _plan_here(item: Item) -> Plan | str:
    assert _importer is not None
    return _plan(_importer, item)


class _Converter:
    """Conversion in this process, or in others where there is much to convert."""

    def __init__(self, importer: Importer, pool: ProcessPoolExecutor | None) -> None:
        self._importer = importer
        self._pool = pool

    def plans(self, items: Sequence[Item]) -> Iterable[Plan | str]:
        if self._pool is None or len(items) < 20:
            return (_plan(self._importer, item) for item in items)
        return self._pool.map(_plan_here, items, chunksize=25)


@contextlib.contextmanager
def _converter(importer: Importer) -> Iterator[_Converter]:
    with contextlib.ExitStack() as stack:
        stack.enter_context(collecting_seldom())
        is_much = (importer.expected() or 0) >= FEW
        pool = stack.enter_context(workers(cores(), partial(_begin, importer))) if is_much else None
        yield _Converter(importer, pool)
