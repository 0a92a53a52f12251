"""What a format has to do: read its files as items, and make a draft of each."""

import dataclasses
import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from kb.models import Article
from kb.storing.drafts import ArticleDraft

MOST_PROBLEMS = 1000
"""A report names this many; all are counted."""


class ImportRefused(Exception):
    """The files cannot be imported as they stand, and nothing was; the message says where."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Problem:
    """Something in the files that was left out or mended."""

    row: str  # a line, an id or a file's name
    reason: str


class Unreadable(Exception):
    """One item cannot become an article; the others can."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Options:
    """What the caller asks for."""

    scratch: Path  # a folder for this import's temporary files
    tags: tuple[str, ...] = ()  # only what has all of these
    min_score: int | None = None  # only questions with at least this score
    since: datetime.date | None = None  # only what was written on this day or later
    site: str = ""  # the address of the site that the files come from


class Problems:
    """The problems met so far: the first of them, and how many of all."""

    def __init__(self) -> None:
        self.first: list[Problem] = []
        self.count = 0

    def add(self, row: object, reason: str) -> None:
        self.count += 1
        if len(self.first) < MOST_PROBLEMS:
            self.first.append(Problem(row=str(row), reason=reason))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Item:
    """One article's part of the files, before it is converted."""

    row: str  # where it stands, for messages
    external_id: str  # with the format's kind: the article's name for good
    digest: str  # of all that the draft is made from; equal means unchanged
    kind: Article.Kind
    answer_count: int = 0
    data: Any  # whatever the format needs to make the draft; picklable


@dataclasses.dataclass(frozen=True, kw_only=True)
class Converted:
    """An item's draft, and what had to be mended on the way."""

    draft: ArticleDraft
    problems: tuple[Problem, ...] = ()


@runtime_checkable
class DescribesTags(Protocol):
    """A format whose files say what their tags mean."""

    def describe_tag(self, name: str) -> str:
        """Return what a tag means, as plain text; nothing where the files do not say."""


class Importer(Protocol):
    """A format. Reading may keep temporary files; making drafts is pure and picklable."""

    kind: str  # of the sources
    has_unique_ids: bool  # it has seen to that itself, in constant memory

    def items(self) -> Iterator[Item]:
        """Yield the articles in an order that depends on the files alone.

        Raises ImportRefused, before the first item where that is possible.
        """

    def expected(self) -> int | None:
        """Return how many items there will be, where that is known."""

    def convert(self, item: Item) -> Converted:
        """Return the item's article; raises Unreadable."""
