"""Every queue of the desk, in the order in which it shows them."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from kb.desk import articles, imports, reports, snippets, texts
from kb.desk.queue import Filters, Queue
from kb.people.roles import may

QUEUES: Mapping[str, Queue] = {
    queue.slug: queue
    for queue in (
        *snippets.QUEUES,
        *texts.QUEUES,
        *reports.QUEUES,
        *articles.QUEUES,
        *imports.QUEUES,
    )
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Counted:
    queue: Queue
    count: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Group:
    title: Any
    queues: list[Counted]


def queues_for(user: Any) -> list[Queue]:
    return [queue for queue in QUEUES.values() if may(user, queue.permission)]


def count_queues(user: Any) -> list[Group]:
    """Return the user's queues with what waits in each: a query a queue."""
    groups: dict[str, list[Counted]] = {}
    for queue in queues_for(user):
        counted = Counted(queue=queue, count=queue.items(Filters()).order_by().count())
        groups.setdefault(str(queue.group), []).append(counted)
    return [Group(title=title, queues=queues) for title, queues in groups.items()]
