"""What each paragraph is. Alone, `ast.parse` misleads both ways: "HTML" parses, and real
code often lacks a comma; so lines are judged by their form, with the brackets they stand in.
"""

import ast
import json
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from textwrap import dedent

from kb.archive import python_lines, shell_lines
from kb.archive.paragraphs import LIST_ITEM, Paragraph
from kb.archive.scanner import Scanner, is_prose


class Kind(StrEnum):
    TEXT = "text"
    PYTHON = "python"
    SHELL = "shell"
    OUTPUT = "output"
    CONSOLE = "console"
    DRAWING = "drawing"
    NAMES = "names"  # one line of API names
    BIBTEX = "bibtex"
    JSON = "json"


CONTINUED_PARAGRAPHS = 8

BIBTEX = re.compile(r"@\w+\s*\{\s*[^,\s]+,")
CONSOLE = re.compile(r"\s*(?:\$ \S|>>> |In \[\d+\]:)")
INTRODUCES_OUTPUT = re.compile(
    r"(?:输出|打印|结果|\boutputs?\b|\bprints?\b|\bresults?\b).*[::]$", re.I
)
PRINTED = re.compile(
    r"\s*(?:tensor\(|array\(|<tf\.|[\[(]+-?\d|-?\d+(?:\.\d+)?\s*$|True$|False$|None$"
    r"|Traceback \(|Epoch \d|\w*(?:Error|Exception): )"
)
ALIGNED = re.compile(r"\S {2,}\S|^ {4,}\S|_{3,}|\|.*\|")
DOTTED = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+"
NAMES = re.compile(rf"(?:[\w ]+ => .*)?{DOTTED}(?:[ ]*,[ ]*{DOTTED})*")
COMMENT = re.compile(r"\s*#")


def label(paragraphs: Sequence[Paragraph]) -> list[Kind]:
    """Return the kind of each paragraph; text where nothing else is certain."""
    kinds: list[Kind] = []
    while len(kinds) < len(paragraphs):
        index = len(kinds)
        paragraph = paragraphs[index]
        if paragraph.is_list:
            kinds.append(Kind.TEXT)
        elif _was_printed(paragraph, paragraphs, kinds):
            # Before Python, because "tensor(0.)" has the form of a call.
            kinds.append(Kind.OUTPUT)
        elif _is_comment(paragraph):
            kinds.append(_neighbour(paragraphs, kinds))
        elif (kind := _kind(paragraph)) is Kind.PYTHON:
            kinds.extend([kind] * _python_paragraphs(paragraphs[index:]))
        elif kind is None and not paragraph.has_chinese and _is_introduced(paragraphs, kinds):
            kinds.append(Kind.OUTPUT)
        else:
            kinds.append(kind or _vague_kind(paragraph))
    return kinds


def is_unfinished(kind: Kind, paragraphs: Iterable[Paragraph]) -> bool:
    """Say whether the block, the last of a file, visibly goes on after its end."""
    texts = [line.text for paragraph in paragraphs for line in paragraph.lines]
    if kind is Kind.SHELL:
        return texts[-1].rstrip().endswith("\\")
    if kind is Kind.BIBTEX:
        return _braces("\n".join(texts)) > 0
    if kind is Kind.PYTHON:
        scanner = Scanner()
        bare = [scanner.bare(text) for text in texts]
        return scanner.is_open or bare[-1].rstrip().endswith((":", "\\", "=", ",", "'", '"'))
    return False


def _is_comment(paragraph: Paragraph) -> bool:
    return all(COMMENT.match(line.text) for line in paragraph.lines)


def _neighbour(paragraphs: Sequence[Paragraph], kinds: Sequence[Kind]) -> Kind:
    """Return the kind of code that a paragraph of nothing but comments belongs to."""
    if kinds and (
        kinds[-1] in {Kind.PYTHON, Kind.SHELL} or _is_comment(paragraphs[len(kinds) - 1])
    ):
        return kinds[-1]
    for paragraph in paragraphs[len(kinds) + 1 :]:
        if paragraph.is_list or not _is_comment(paragraph):
            kind = None if paragraph.is_list else _kind(paragraph)
            return kind if kind in {Kind.PYTHON, Kind.SHELL} else Kind.TEXT
    return Kind.TEXT


def _kind(paragraph: Paragraph) -> Kind | None:
    texts = [line.text for line in paragraph.lines]
    if BIBTEX.match(texts[0].strip()):
        return Kind.BIBTEX
    if texts[0].lstrip()[:1] in {"{", "["} and _is_json("\n".join(texts)):
        return Kind.JSON
    if CONSOLE.match(texts[0]):
        return Kind.CONSOLE
    if shell_lines.are_shell(texts):
        return Kind.SHELL
    if python_lines.are_python(texts):
        return Kind.PYTHON
    return None


def _vague_kind(paragraph: Paragraph) -> Kind:
    texts = [line.text for line in paragraph.lines]
    if paragraph.has_chinese:
        return Kind.TEXT
    if len(texts) > 1 and sum(bool(ALIGNED.search(text)) for text in texts) * 5 >= len(texts) * 3:
        return Kind.DRAWING
    if len(texts) == 1 and NAMES.fullmatch(texts[0].strip()):
        return Kind.NAMES
    return Kind.TEXT


def _is_json(text: str) -> bool:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    # A list of numbers is what Python printed.
    return isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(item, dict) for item in value)
    )


def _was_printed(
    paragraph: Paragraph, paragraphs: Sequence[Paragraph], kinds: Sequence[Kind]
) -> bool:
    """Say whether the paragraph, by its form and its place, is what Python code printed."""
    if paragraph.has_chinese or not PRINTED.match(paragraph.first.text):
        return False
    return kinds[-1:] in ([Kind.PYTHON], [Kind.OUTPUT]) or _is_introduced(paragraphs, kinds)


def _is_introduced(paragraphs: Sequence[Paragraph], kinds: Sequence[Kind]) -> bool:
    """Say whether Python code and a paragraph that announces its output come before."""
    if kinds[-2:] != [Kind.PYTHON, Kind.TEXT]:
        return False
    introduction = paragraphs[len(kinds) - 1]
    text = introduction.lines[-1].text.strip()
    return not introduction.is_list and INTRODUCES_OUTPUT.search(text) is not None


def _python_paragraphs(paragraphs: Sequence[Paragraph]) -> int:
    """Return how many paragraphs the Python code at their start takes: 1, or more where
    brackets or a string opened in the first are closed in a later one and it all parses.
    """
    scanner = Scanner()
    text = ""
    for count, paragraph in enumerate(paragraphs[:CONTINUED_PARAGRAPHS], start=1):
        bare = [scanner.bare(line.text) for line in paragraph.lines]
        if any(is_prose(part) or LIST_ITEM.match(part) for part in bare):
            return 1
        text += "\n".join(line.text for line in paragraph.lines) + "\n\n"
        if not scanner.is_open:
            return count if count == 1 or _parses(text) else 1
    return 1


def _parses(text: str) -> bool:
    try:
        ast.parse(dedent(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _braces(text: str) -> int:
    escaped = re.sub(r"\\.", "", text)
    return escaped.count("{") - escaped.count("}")
