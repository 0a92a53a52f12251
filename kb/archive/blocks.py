"""Blocks: what a post is made of, each with the lines of the file that it holds."""

import dataclasses
from collections.abc import Iterator, Sequence

from kb.archive.kinds import Kind
from kb.archive.paragraphs import LIST_ITEM, Paragraph, normal_text
from kb.archive.reading import Line


@dataclasses.dataclass(frozen=True, kw_only=True)
class Block:
    """Prose, a list item or a piece of code; `lines` may hold blank ones inside."""

    kind: Kind
    lines: tuple[Line, ...]
    marker: str = ""  # of a list item: "•" or "1."
    depth: int = 0  # list items that it stands in

    @property
    def line(self) -> int:
        return self.lines[0].number

    @property
    def code(self) -> str:
        """The lines without common indentation, without white space at their ends."""
        return normal_text(self.lines)

    def as_text(self) -> "Block":
        return dataclasses.replace(self, kind=Kind.TEXT)


# A paragraph of API names is a paragraph of its own; neighbours of other kinds are one block.
APART = {Kind.TEXT, Kind.NAMES}


def make_blocks(paragraphs: Sequence[Paragraph], kinds: Sequence[Kind]) -> list[Block]:
    """Return the blocks of neighbouring paragraphs, code of one kind joined."""
    blocks: list[Block] = []
    nesting = _Nesting()
    for paragraph, kind in zip(paragraphs, kinds, strict=True):
        if paragraph.is_list:
            blocks.extend(nesting.items(paragraph))
            continue
        block = Block(kind=kind, lines=paragraph.lines, depth=nesting.depth_of(paragraph))
        if blocks and _is_one(blocks[-1], block):
            blocks[-1] = _joined(blocks[-1], block)
        else:
            blocks.append(block)
    return blocks


class _Nesting:
    """The list items that are open where the next paragraph stands."""

    def __init__(self) -> None:
        self.open: list[tuple[int, int]] = []  # indentation of the marker, of the text

    def items(self, paragraph: Paragraph) -> Iterator[Block]:
        for line in paragraph.lines:
            item = LIST_ITEM.match(line.text)
            assert item is not None
            indent = len(item["indent"])
            while self.open and self.open[-1][0] >= indent:
                self.open.pop()
            yield Block(kind=Kind.TEXT, lines=(line,), marker=item["marker"], depth=len(self.open))
            self.open.append((indent, item.start("text")))

    def depth_of(self, paragraph: Paragraph) -> int:
        indent = min(line.indent for line in paragraph.lines)
        while self.open and self.open[-1][1] > indent:
            self.open.pop()
        return len(self.open)


def _is_one(above: Block, block: Block) -> bool:
    return above.kind is block.kind and block.kind not in APART and above.depth <= block.depth


def _joined(above: Block, block: Block) -> Block:
    last, first = above.lines[-1].number, block.lines[0].number
    between = tuple(Line(number, "") for number in range(last + 1, first))
    return dataclasses.replace(above, lines=(*above.lines, *between, *block.lines))
