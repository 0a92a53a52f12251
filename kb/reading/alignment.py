"""Putting the two languages of a text beside each other. Pure."""

import dataclasses
import difflib
import re
from collections.abc import Iterator, Sequence

from kb.markdown.rendering import Block

ELEMENT = re.compile(r"<(\w+)")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    """What stands on one level: blocks of the left and of the right language.

    A snippet, and a block that is the same in both languages, stands alone and
    is shown once, across both columns: then `is_shared`, and `right` is empty.
    """

    left: tuple[Block, ...]
    right: tuple[Block, ...]
    is_shared: bool = False


def align(left: Sequence[Block], right: Sequence[Block]) -> list[Row]:
    """Return the rows of two translations.

    Snippets, identical code blocks and headings of one level are the landmarks. Between two
    landmarks blocks are paired one by one where their numbers agree, and else
    stand in one row together.
    """
    marks_left = [n for n, block in enumerate(left) if _landmark(block)]
    marks_right = [n for n, block in enumerate(right) if _landmark(block)]
    matcher = difflib.SequenceMatcher(
        None,
        [_landmark(left[n]) for n in marks_left],
        [_landmark(right[n]) for n in marks_right],
        autojunk=False,
    )
    rows: list[Row] = []
    left_from = right_from = 0
    for match in matcher.get_matching_blocks():
        for offset in range(match.size):
            at_left, at_right = marks_left[match.a + offset], marks_right[match.b + offset]
            rows += _between(left[left_from:at_left], right[right_from:at_right])
            rows.append(_pair(left[at_left], right[at_right]))
            left_from, right_from = at_left + 1, at_right + 1
    rows += _between(left[left_from:], right[right_from:])
    return rows


def _landmark(block: Block) -> str:
    """Return what makes a block recognisable in another language; empty: nothing does."""
    if block["kind"] == "snippet":
        return f"snippet {block['snippet']}"
    html = block["html"]
    element = ELEMENT.match(html)
    name = element[1] if element else ""
    if name in {"pre", "math"}:
        return str(html)
    return name if re.fullmatch(r"h[2-6]", name) else ""


def _pair(left: Block, right: Block) -> Row:
    if left == right:
        return Row(left=(left,), right=(), is_shared=True)
    return Row(left=(left,), right=(right,))


def _between(left: Sequence[Block], right: Sequence[Block]) -> Iterator[Row]:
    if len(left) == len(right):
        for ours, theirs in zip(left, right, strict=True):
            yield _pair(ours, theirs)
        return
    # A snippet that stands on one side only still takes the whole width.
    group: list[Block] = []
    for block in left:
        if block["kind"] == "snippet":
            if group:
                yield Row(left=tuple(group), right=())
                group = []
            yield Row(left=(block,), right=(), is_shared=True)
        else:
            group.append(block)
    rest = tuple(block for block in right if block["kind"] != "snippet")
    if group or rest:
        yield Row(left=tuple(group), right=rest)
    for block in right:
        if block["kind"] == "snippet":
            yield Row(left=(block,), right=(), is_shared=True)
