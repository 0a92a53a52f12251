"""Finding the fenced blocks and display formulas of a Markdown text, with their lines.

An own scanner, because a Markdown library drops a fence it does not understand to
inline code without a word, and does not say on which line it stood.
"""

import dataclasses
import re
from collections.abc import Iterator
from enum import StrEnum

from kb.errors import AuthoringError

OPENING = re.compile(
    r"""^(?P<prefix>(?:[ ]|>|(?:[-*+]|\d{1,9}[.)])[ ]+)*)
        (?P<marks>`{3,}|~{3,})[ ]*(?P<info>.*?)[ ]*$""",
    re.VERBOSE,
)
DISPLAY = re.compile(r"^(?P<prefix>(?:[ ]|>|(?:[-*+]|\d{1,9}[.)])[ ]+)*)\$\$(?P<rest>.*)$")
LIST_MARKER = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?=[ ])")
LANGUAGE = re.compile(r"^[\w+#.-]{1,30}$")
OPTIONS_OF_RUN = "runtime=, name=, expect=error, session, gpu"


class FenceKind(StrEnum):
    RUN = "run"
    SETUP = "setup"
    OUTPUT = "output"
    CLAIM = "claim"  # output of an earlier run fence, with text between
    BLOCK = "block"  # shown, never run


@dataclasses.dataclass(frozen=True, kw_only=True)
class Options:
    """What an author says about a runnable fence."""

    runtimes: tuple[str, ...] = ()  # empty: chosen by what the code imports
    name: str = ""
    expects_error: bool = False
    is_session: bool = False  # goes on from the fences before it
    needs_gpu: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Text:
    line: int
    text: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fence:
    line: int  # of the opening marks
    prefix: str  # indentation, quote and list marks before them
    kind: FenceKind
    language: str
    code: str
    options: Options = Options()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Formula:
    """A display formula, `$$ … $$` on lines of its own."""

    line: int
    prefix: str
    tex: str


Piece = Text | Fence | Formula


def scan(markdown: str) -> list[Piece]:
    """Return the text's pieces in order; joined they are the whole text.

    Raises AuthoringError for a fence or formula that does not end, and for
    options that no fence has.
    """
    lines = markdown.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return list(_pieces([line.expandtabs(4) if line[:1] == "\t" else line for line in lines]))


def _pieces(lines: list[str]) -> Iterator[Piece]:
    index = text_from = 0
    while index < len(lines):
        start = index
        piece: Fence | Formula | None = None
        if (opening := OPENING.match(lines[index])) and _is_fence(opening):
            piece, index = _read_fence(lines, index, opening)
        elif display := DISPLAY.match(lines[index]):
            piece, index = _read_formula(lines, index, display)
        if piece is None:
            index += 1
            continue
        if start > text_from:
            yield Text(line=text_from + 1, text="\n".join(lines[text_from:start]))
        yield piece
        text_from = index
    if text_from < len(lines):
        yield Text(line=text_from + 1, text="\n".join(lines[text_from:]))


def _is_fence(opening: re.Match[str]) -> bool:
    # "```code``` in a sentence" opens nothing.
    return opening["marks"][0] == "~" or "`" not in opening["info"]


def _read_fence(lines: list[str], start: int, opening: re.Match[str]) -> tuple[Fence, int]:
    prefix, marks = opening["prefix"], opening["marks"]
    closing = re.compile(rf"^\s*{re.escape(marks[0])}{{{len(marks)},}}\s*$")
    code: list[str] = []
    for index in range(start + 1, len(lines)):
        line = strip_prefix(lines[index], prefix)
        if closing.match(line):
            kind, language, options = parse_info(opening["info"], line=start + 1)
            fence = Fence(
                line=start + 1,
                prefix=prefix,
                kind=kind,
                language=language,
                code="\n".join(code),
                options=options,
            )
            return fence, index + 1
        code.append(line)
    raise AuthoringError(
        f"the fence opened here with {marks} is never closed; end it with {marks} on its own line",
        line=start + 1,
    )


def _read_formula(lines: list[str], start: int, display: re.Match[str]) -> tuple[Formula, int]:
    prefix = display["prefix"]
    tex: list[str] = []
    for index in range(start, len(lines)):
        line = display["rest"] if index == start else strip_prefix(lines[index], prefix)
        if line.rstrip().endswith("$$"):
            tex.append(line.rstrip()[:-2])
            return Formula(line=start + 1, prefix=prefix, tex="\n".join(tex).strip()), index + 1
        tex.append(line)
    raise AuthoringError(
        "the formula opened here with $$ is never closed; end it with $$ at the end of a line",
        line=start + 1,
    )


def strip_prefix(line: str, prefix: str) -> str:
    """Take from a line inside a fence as much of the fence's own indentation as it has."""
    for mark in continuation(prefix):
        if not line.startswith(mark):
            # A blank line of a quote may lack its last space.
            if mark == " " and line.strip() == "":
                return ""
            break
        line = line[1:]
    return line


def continuation(prefix: str) -> str:
    """Return the prefix of the lines after the first: list marks become spaces."""
    return LIST_MARKER.sub(lambda mark: " " * len(mark[0]), prefix)


def parse_info(info: str, *, line: int) -> tuple[FenceKind, str, Options]:
    """Return kind, language and options of a fence's info string."""
    language, *words = info.split() or [""]
    language = language.lower()
    if language and not LANGUAGE.match(language):
        raise AuthoringError(
            f"{language!r} is not the name of a language; write for example ```python", line=line
        )
    if not words:
        kind = FenceKind.OUTPUT if language == "output" else FenceKind.BLOCK
        return kind, language, Options()
    if language == "output" and words[0].partition("=")[0] == "claim":
        return FenceKind.CLAIM, language, _parse_claim(words, line=line)
    is_code = language == "python" or (language == "pycon" and words[0] == "run")
    if not is_code or words[0] not in {"run", "setup"}:
        raise AuthoringError(
            f"unknown option {words[0]!r}; only ```python run, ```python setup and "
            "```output claim take options",
            line=line,
        )
    if words[0] == "setup":
        if words[1:]:
            raise AuthoringError(
                f"unknown option {words[1]!r}; ```python setup takes none", line=line
            )
        return FenceKind.SETUP, language, Options()
    return FenceKind.RUN, language, _parse_options(words[1:], line=line)


def _parse_claim(words: list[str], *, line: int) -> Options:
    if len(words) > 1:
        raise AuthoringError(
            f"unknown option {words[1]!r}; write ```output claim or ```output claim=NAME", line=line
        )
    return Options(name=words[0].partition("=")[2])


def _parse_options(words: list[str], *, line: int) -> Options:
    runtimes: tuple[str, ...] = ()
    name = ""
    flags: set[str] = set()
    for word in words:
        key, has_value, value = word.partition("=")
        if key == "runtime" and value.strip(","):
            runtimes = tuple(part for part in value.split(",") if part)
        elif key == "name" and value:
            name = value
        elif word in {"expect=error", "session", "gpu"}:
            flags.add(word)
        else:
            what = f"option {key!r} has a wrong value {value!r}" if has_value else "unknown option"
            message = what if has_value else f"unknown option {word!r}"
            raise AuthoringError(f"{message}; ```python run takes {OPTIONS_OF_RUN}", line=line)
    return Options(
        runtimes=runtimes,
        name=name,
        expects_error="expect=error" in flags,
        is_session="session" in flags,
        needs_gpu="gpu" in flags,
    )
