"""What a queue is: what waits, for whom, and what can be done about it."""

import dataclasses
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from kb.roles import Permission


@dataclasses.dataclass(frozen=True, kw_only=True)
class Queue:
    """`items` has everything that waits, what helps most readers first."""

    slug: str
    group: Any
    title: Any
    description: Any
    permission: Permission  # to see it and to work on it
    items: Callable[[], QuerySet]
