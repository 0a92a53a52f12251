"""Tables that a run left, such as data frames, as pages show them."""

import dataclasses
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence

from snippets.models import Artifact


@dataclasses.dataclass(frozen=True, kw_only=True)
class Table:
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]  # each with its name in the index
    shape: tuple[int, int]  # of the whole, which may be larger than what is shown

    @property
    def is_cut(self) -> bool:
        return self.shape != (len(self.rows), len(self.columns))


def read_tables(ids: Iterable[int]) -> list[Table]:
    """Return the tables of these artifacts, which the sandbox wrote anew, with one query."""
    wanted = list(ids)
    if not wanted:
        return []
    stored = Artifact.objects.filter(pk__in=wanted, kind="table").order_by("pk")
    return [table_of(bytes(data)) for data in stored.values_list("data", flat=True)]


def tables_by_run(run_ids: Iterable[int]) -> dict[int, list[Table]]:
    """Return the tables of each of these runs, with one query."""
    wanted = list(run_ids)
    found: dict[int, list[Table]] = defaultdict(list)
    if wanted:
        stored = Artifact.objects.filter(run__in=wanted, kind="table").order_by("pk")
        for run_id, data in stored.values_list("run_id", "data"):
            found[run_id].append(table_of(bytes(data)))
    return found


def table_of(data: bytes) -> Table:
    value = json.loads(data)
    return Table(
        columns=value["columns"],
        rows=list(zip(value["index"], value["rows"], strict=True)),
        shape=(value["shape"][0], value["shape"][1]),
    )
