"""What a queue is: what waits, for whom, and what can be done about it."""

import dataclasses
from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.db.models import QuerySet

from kb.models import Tag
from kb.people.roles import Permission


@dataclasses.dataclass(frozen=True, kw_only=True)
class Filters:
    """What of a queue is asked for; empty: all of it."""

    tag: Tag | None = None
    runtime: str = ""
    language: str = ""  # zh, en


@dataclasses.dataclass(frozen=True, kw_only=True)
class Badge:
    label: Any
    tone: str = "none"  # of snippets.presentation.Tone
    hint: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that waits, as every queue shows it."""

    id: int
    title: str
    title_lang: str = ""  # for the HTML attribute; empty: the page's
    is_code: bool = False
    address: str = ""  # where it is worked on
    detail: str = ""
    detail_lang: str = ""
    detail_address: str = ""
    note: str = ""
    badges: Sequence[Badge] = ()
    facts: Sequence[Any] = ()
    readers: int = 0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Given:
    """What came with a bulk action."""

    ids: Collection[int]
    user: Any
    why: str = ""
    tag: Tag | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Action:
    """Something that can be done to several rows at once; `do` returns to how many it was."""

    name: str
    label: Any
    do: Callable[[Given], int]
    permission: Permission
    needs_why: bool = False
    needs_tag: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Queue:
    """`items` has everything that waits, what helps most readers first."""

    slug: str
    group: Any
    title: Any
    description: Any
    help: Any  # what to do about it, in a line or two
    permission: Permission  # to see it
    items: Callable[[Filters], QuerySet]
    rows: Callable[[Sequence[Any], str], list[Row]]  # with a constant number of queries
    filters: Collection[str] = ()  # names of Filters
    actions: Sequence[Action] = ()
