"""A page of a queue: its rows, its filters and what leads on."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from kb.desk.paging import Paging, paginate
from kb.desk.queue import Action, Filters, Queue, Row
from kb.languages import BY_PATH
from kb.models import Tag
from kb.people.roles import may
from kb.tagging import find_tag
from sandbox import runtime

ROWS_PER_PAGE = 30
TAGS_OFFERED = 60


@dataclasses.dataclass(frozen=True, kw_only=True)
class Page:
    queue: Queue
    rows: Sequence[Row]
    actions: Sequence[Action]
    filters: Filters
    paging: Paging
    runtimes: Sequence[tuple[str, str]]  # name, label
    tags: Sequence[str]

    @property
    def needs_why(self) -> bool:
        return any(action.needs_why for action in self.actions)

    @property
    def needs_tag(self) -> bool:
        return any(action.needs_tag for action in self.actions)


def filter_values(filters: Filters) -> dict[str, str]:
    values = {
        "tag": filters.tag.slug if filters.tag else "",
        "runtime": filters.runtime,
        "lang": filters.language,
    }
    return {name: value for name, value in values.items() if value}


def read_filters(queue: Queue, values: Mapping[str, str]) -> Filters:
    """Return the queue's filters that are asked for; what is unknown is left out."""
    tag, language, name = (values.get(key, "").strip() for key in ("tag", "lang", "runtime"))
    return Filters(
        tag=find_tag(tag) if tag and "tag" in queue.filters else None,
        runtime=name if "runtime" in queue.filters and name in runtime.load_all() else "",
        language=language if "language" in queue.filters and language in BY_PATH else "",
    )


def view_queue(queue: Queue, *, user: Any, lang: str, values: Mapping[str, str]) -> Page:
    """Return a page of rows."""
    filters = read_filters(queue, values)
    paging = paginate(
        queue.items(filters), values, at_once=ROWS_PER_PAGE, chosen=filter_values(filters)
    )
    known = runtime.load_all() if "runtime" in queue.filters else {}
    return Page(
        queue=queue,
        rows=queue.rows(paging.items, lang),
        actions=[one for one in queue.actions if may(user, one.permission)],
        filters=filters,
        paging=paging,
        runtimes=[(name, one.label) for name, one in known.items()],
        tags=_offered()
        if "tag" in queue.filters or any(a.needs_tag for a in queue.actions)
        else [],
    )


def _offered() -> list[str]:
    return list(Tag.objects.popular().values_list("slug", flat=True)[:TAGS_OFFERED])
