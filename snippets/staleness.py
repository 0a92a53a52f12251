"""Keeping the cells of the matrix true: stale at once, waiting where nothing was run yet."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from sandbox import Runtime, runtime
from snippets import signals
from snippets.keys import fitting_runtimes, verification_key
from snippets.models import Snippet, Verification
from snippets.reasons import Reason

Outcome = Verification.Outcome
CHUNK = 500


@transaction.atomic
def mark_stale(
    *, snippets: Iterable[Snippet], runtimes: Mapping[str, Runtime] | None = None
) -> int:
    """Mark what no longer rests on the snippets as they are; return how many."""
    known = runtimes if runtimes is not None else runtime.load_all()
    by_id = {snippet.pk: snippet for snippet in snippets}
    count = 0
    for one in Verification.objects.current().filter(snippet__in=by_id):
        wanted = known.get(one.runtime)
        if one.outcome in {Outcome.STALE, Outcome.WAITING, Outcome.SKIPPED} or (
            wanted is not None and one.key == verification_key(by_id[one.snippet_id], wanted)
        ):
            continue
        one.last_outcome, one.outcome = one.outcome, Outcome.STALE.value
        one.save(update_fields=["outcome", "last_outcome"])
        signals.verified.send(sender=Verification, snippet_id=one.snippet_id)
        count += 1
    return count


def sync_cells(*, snippet_ids: Iterable[int]) -> int:
    """Give these snippets a cell on every runtime that fits, and no other; mark what is stale.

    Returns how many cells changed. A cell of a runtime that is not built says so.
    """
    ids = list(snippet_ids)
    known = runtime.load_all()
    built = {name for name, one in known.items() if one.is_built}
    return sum(
        _sync(list(Snippet.objects.filter(pk__in=ids[start : start + CHUNK])), known, built)
        for start in range(0, len(ids), CHUNK)
    )


@transaction.atomic
def _sync(snippets: list[Snippet], known: Mapping[str, Runtime], built: set[str]) -> int:
    cells: dict[int, dict[str, Verification]] = {snippet.pk: {} for snippet in snippets}
    for one in Verification.objects.current().filter(snippet__in=cells):
        cells[one.snippet_id][one.runtime] = one
    count = mark_stale(snippets=snippets, runtimes=known)
    fresh: list[Verification] = []
    for snippet in snippets:
        fitting = fitting_runtimes(snippet, known)
        for name, cell in cells[snippet.pk].items():
            is_absent = cell.outcome == Outcome.SKIPPED
            if name not in fitting or (is_absent and name in built):
                Verification.objects.filter(pk=cell.pk).update(is_current=False)
                count += 1
        kept = {
            name
            for name, cell in cells[snippet.pk].items()
            if name in fitting and not (cell.outcome == Outcome.SKIPPED and name in built)
        }
        fresh += [_cell(snippet, known[name], built) for name in fitting if name not in kept]
    Verification.objects.bulk_create(fresh)
    for snippet_id in {one.snippet_id for one in fresh}:
        signals.verified.send(sender=Verification, snippet_id=snippet_id)
    return count + len(fresh)


def _cell(snippet: Snippet, wanted: Runtime, built: set[str]) -> Verification:
    """Return the cell of a runtime on which nothing was run yet."""
    if wanted.name in built:
        return Verification(snippet=snippet, runtime=wanted.name, outcome=Outcome.WAITING)
    return Verification(
        snippet=snippet,
        runtime=wanted.name,
        outcome=Outcome.SKIPPED,
        reason_code=Reason.NOT_BUILT,
        reason=f"runtime not built; run: python -m sandbox build {wanted.name}",
    )
