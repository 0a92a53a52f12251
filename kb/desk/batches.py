"""Batches of checks that stopped because too much turned red at once."""

import dataclasses
from collections import defaultdict
from collections.abc import Sequence

from kb.curation.reviewing import name_of
from kb.desk.addresses import bench_address
from snippets import wording
from snippets.models import Batch, Verification
from snippets.querysets import RED

REDS_AT_MOST = 30


@dataclasses.dataclass(frozen=True, kw_only=True)
class Red:
    name: str
    address: str
    runtime: str
    reason: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class StoppedBatch:
    batch: Batch
    reds: Sequence[Red]
    more: int  # reds that are not listed


def stopped_count() -> int:
    return Batch.objects.filter(state=Batch.State.STOPPED).count()


def list_batches(lang: str) -> list[StoppedBatch]:
    """Return the batches that wait for an answer, with what failed in them: two queries."""
    waiting = list(Batch.objects.filter(state=Batch.State.STOPPED))
    found: dict[int | None, list[Verification]] = defaultdict(list)
    reds = Verification.objects.filter(batch__in=waiting, outcome__in=RED, is_current=False)
    for one in reds.select_related("snippet").order_by("pk"):
        found[one.batch_id].append(one)
    return [
        StoppedBatch(
            batch=batch,
            reds=[_red(one, lang) for one in found[batch.pk][:REDS_AT_MOST]],
            more=max(len(found[batch.pk]) - REDS_AT_MOST, 0),
        )
        for batch in waiting
    ]


def _red(one: Verification, lang: str) -> Red:
    return Red(
        name=name_of(one.snippet),
        address=bench_address(lang, one.snippet_id, ""),
        runtime=one.runtime,
        reason=wording.explain(one.reason),
    )
