"""Blocks as Markdown in the authoring format, and the lines that a Markdown text holds."""

import re
from collections.abc import Sequence

from kb.archive.blocks import Block
from kb.archive.headings import HEADINGS
from kb.archive.inline import code_span, to_markdown, to_text
from kb.archive.kinds import Kind
from kb.markdown.fences import Fence, scan

INFO = {
    Kind.PYTHON: "python run",
    Kind.SHELL: "shell",
    Kind.OUTPUT: "output",
    Kind.CONSOLE: "console",
    Kind.DRAWING: "text",
    Kind.BIBTEX: "bibtex",
    Kind.JSON: "json",
}
PYTHON_CONSOLE = re.compile(r"\s*(?:>>> |In \[\d+\]:)")
LINE_BREAK = "  \n"
INDENT = "  "  # what nests in a list, numbered or not, in the authoring format
LIST_MARK = re.compile(r"^\s*(?:-|\d{1,3}\.) ")
HEADING_MARK = re.compile(r"^## ")


def write(blocks: Sequence[Block], *, has_headings: bool) -> str:
    """Return the blocks as Markdown; `has_headings` says whether customary ones are marked."""
    parts: list[str] = []
    for index, block in enumerate(blocks):
        indent = INDENT * block.depth
        if index:
            parts.append("\n" if _is_next_item(blocks[index - 1], block) else "\n\n")
        if block.marker:
            mark = "-" if block.marker == "•" else block.marker
            parts.append(f"{indent}{mark} {_item_text(block)}")
        else:
            body = _claim(blocks, index) or _body(block, has_headings=has_headings)
            parts.append(_indented(body, indent))
    return "".join(parts) + "\n"


def read(markdown: str) -> list[str]:
    """Return the lines of text and code that the Markdown shows, without blank ones."""
    lines: list[str] = []
    for piece in scan(markdown):
        if isinstance(piece, Fence):
            lines += piece.code.split("\n")
        else:
            assert not hasattr(piece, "tex"), "the importer writes no formula"
            lines += [_shown(line) for line in piece.text.split("\n")]
    return [line for line in lines if line.strip()]


def _is_next_item(above: Block, block: Block) -> bool:
    # Without a blank line, an item after a deeper one, or one of another sort of list,
    # would be read as more text of the item above.
    if not (above.marker and block.marker) or above.depth > block.depth:
        return False
    return above.depth < block.depth or (above.marker == "•") == (block.marker == "•")


def _body(block: Block, *, has_headings: bool) -> str:
    if block.kind is Kind.NAMES:
        return code_span(block.code.strip())
    if block.kind is Kind.TEXT:
        if has_headings and len(block.lines) == 1 and block.code.strip() in HEADINGS:
            return f"## {to_markdown(block.code)}"
        return LINE_BREAK.join(to_markdown(line.text) for line in block.lines)
    return _fence(block.code, _info(block))


def _claim(blocks: Sequence[Block], index: int) -> str:
    """Return output that a paragraph after the code announces as the claim that it is."""
    kinds = [block.kind for block in blocks[max(index - 2, 0) : index + 1]]
    if kinds != [Kind.PYTHON, Kind.TEXT, Kind.OUTPUT]:
        return ""
    return _fence(blocks[index].code, f"{INFO[Kind.OUTPUT]} claim")


def _item_text(block: Block) -> str:
    text = block.lines[0].text
    return to_markdown(text[text.index(block.marker) + len(block.marker) :])


def _info(block: Block) -> str:
    if block.kind is Kind.CONSOLE and PYTHON_CONSOLE.match(block.lines[0].text):
        return "pycon run"
    return INFO[block.kind]


def _fence(code: str, info: str) -> str:
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    marks = "`" * max(3, longest + 1)
    return f"{marks}{info}\n{code}\n{marks}"


def _indented(text: str, indent: str) -> str:
    return "\n".join(indent + line if line else line for line in text.split("\n"))


def _shown(line: str) -> str:
    unmarked = HEADING_MARK.sub("", LIST_MARK.sub("", line))
    return to_text(unmarked.strip())
