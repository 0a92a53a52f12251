"""What of a text both languages must share: code, formulas, links, headings, names. Pure."""

import dataclasses
import re
from collections.abc import Sequence
from html.parser import HTMLParser

from kb.markdown.fences import Fence, Formula, Piece, Text, scan
from kb.markdown.markup import INLINE_MATH
from kb.markdown.rendering import Rendered
from snippets.code import normalise

INLINE_CODE = re.compile(r"(`+)(.+?)\1", re.DOTALL)
MATH = re.compile(INLINE_MATH)
SPACES = re.compile(r"\s+")
APART = "\x02"
"""Stands where code stood, so that no formula is found across it."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Outline:
    code: tuple[str, ...]  # of every fence, those that are not run too
    formulas: tuple[str, ...]  # TeX without spaces
    links: tuple[str, ...]
    headings: tuple[int, ...]  # levels, in order
    names: tuple[str, ...]  # what stands in `code` within sentences
    prose: str  # what is left to translate


def outline_of(markdown: str, rendered: Rendered) -> Outline:
    """Return the outline of a text and of what it was rendered to."""
    pieces = scan(markdown)
    reader = _Reader()
    for block in rendered.blocks:
        reader.feed(block.get("html", "") + "\n")
    reader.close()
    return Outline(
        code=tuple(normalise(piece.code) for piece in pieces if isinstance(piece, Fence)),
        formulas=tuple(_formulas(pieces)),
        links=tuple(reader.links),
        headings=tuple(reader.headings),
        names=tuple(reader.names),
        prose="".join(reader.prose),
    )


def _formulas(pieces: Sequence[Piece]) -> list[str]:
    found: list[str] = []
    for piece in pieces:
        if isinstance(piece, Formula):
            found.append(piece.tex)
        elif isinstance(piece, Text):
            text = INLINE_CODE.sub(APART, piece.text)
            found += [match[1] for match in MATH.finditer(text)]
    return [SPACES.sub("", tex) for tex in found]


class _Reader(HTMLParser):
    """Reads the cleaned HTML of blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.headings: list[int] = []
        self.names: list[str] = []
        self.prose: list[str] = []
        self._inside: list[str] = []  # of pre, code and math, what is open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"pre", "code", "math"}:
            self._inside.append(tag)
            if self._inside == ["code"]:
                self.names.append("")
        elif tag == "a":
            self.links.append(dict(attrs).get("href") or "")
        elif re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if self._inside == ["code"]:
            self.names[-1] += data
        self.prose.append(" " if self._inside else data)
