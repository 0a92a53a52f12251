"""Two people's changes of one text, put together line by line. Pure."""

import dataclasses
import difflib
from collections.abc import Iterator, Sequence


@dataclasses.dataclass(frozen=True, kw_only=True)
class Hunk:
    """Lines `start` to `end` of the base are replaced; none are where both are equal."""

    start: int
    end: int
    lines: tuple[str, ...]


def merge(*, base: str, mine: str, theirs: str) -> str | None:
    """Return a text with both changes; None where they touch the same or neighbouring lines."""
    lines = base.split("\n")
    ours, others = (list(_hunks(lines, text.split("\n"))) for text in (mine, theirs))
    if any(_collide(one, other) for one in ours for other in others):
        return None
    merged: list[str] = []
    at = 0
    for hunk in sorted({*ours, *others}, key=lambda one: (one.start, one.end)):
        merged += [*lines[at : hunk.start], *hunk.lines]
        at = hunk.end
    return "\n".join([*merged, *lines[at:]])


def _hunks(before: Sequence[str], after: Sequence[str]) -> Iterator[Hunk]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            yield Hunk(start=i1, end=i2, lines=tuple(after[j1:j2]))


def _collide(one: Hunk, other: Hunk) -> bool:
    # What both wrote is written once.
    return one != other and one.start <= other.end and other.start <= one.end
