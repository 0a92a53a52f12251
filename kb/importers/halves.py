"""A text that stands whole in Chinese and then whole in English → its two halves. Pure."""

from collections.abc import Sequence

from kb.importers.languages import CHINESE
from kb.markdown.fences import Fence, Piece, Text, scan
from kb.models import Language
from snippets.code import normalise


def split_halves(markdown: str) -> dict[Language, str] | None:
    """Return both halves; None where the text is in one language.

    The English half starts where no Chinese follows and the code before and after is the same.
    """
    lines = markdown.split("\n")
    blocks = list(_blocks(scan(markdown)))
    last = max((at for at, block in enumerate(blocks) if block.is_chinese), default=None)
    if last is None:
        return None
    for at in range(last + 1, len(blocks)):
        before = [block.code for block in blocks[:at] if block.code]
        after = [block.code for block in blocks[at:] if block.code]
        if before == after and any(not block.code for block in blocks[at:]):
            cut = blocks[at].line - 1
            return {
                Language.ZH: "\n".join(lines[:cut]).strip("\n"),
                Language.EN: "\n".join(lines[cut:]).strip("\n"),
            }
    return None


class _Block:
    def __init__(self, line: int, text: str, code: str) -> None:
        self.line = line
        self.code = code
        self.is_chinese = not code and CHINESE.search(text) is not None


def _blocks(pieces: Sequence[Piece]) -> list[_Block]:
    found: list[_Block] = []
    for piece in pieces:
        if isinstance(piece, Fence):
            found.append(_Block(piece.line, "", normalise(piece.code) or "\n"))
        elif isinstance(piece, Text):
            start: int | None = None
            lines = [*piece.text.split("\n"), ""]
            for number, line in enumerate(lines, piece.line):
                if line.strip() and start is None:
                    start = number
                elif not line.strip() and start is not None:
                    part = lines[start - piece.line : number - piece.line]
                    found.append(_Block(start, "\n".join(part), ""))
                    start = None
        else:
            found.append(_Block(piece.line, "", piece.tex))
    return found
