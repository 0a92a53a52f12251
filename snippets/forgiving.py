"""What never counts when printed text is compared: made the same on both sides."""

import dataclasses
import re
from collections.abc import Callable, Sequence

BLANKS = re.compile(r"\s+")
COLOURS = re.compile(r"\x1b\[[0-9;:?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
# Shorter ones are addresses only where that is said: `hex(70000)` is a number.
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{8,}\b|(?<=\bat )0x[0-9a-fA-F]+\b")
DURATION = re.compile(
    r"\b\d+(?:\.\d+)?\s?(?:[mµun]?s|sec|secs|seconds?|minutes?|min|hours?)(?:/(?:step|epoch|batch|loop|it|"
    r"sample))?\b(?!\w)|\bETA: [\d:]+s?|\b\d+(?:\.\d+)?\s?(?:it|steps?|samples)/s\b"
)
CLOCK = re.compile(
    r"\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) "
    r"+\d{1,2},? (?:\d{1,2}:\d\d(?::\d\d)? )?\d{4}\b|\b\d{4}/\d\d/\d\d(?: \d\d:\d\d(?::\d\d)?)?\b|"
    r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?\b|"
    r"\b\d{1,2}:\d\d:\d\d(?:[.,]\d+)?\b"
)
PATH = re.compile(
    r"(?<![\w.:/])(?:~|\.{1,2}|[A-Za-z]:)?(?:[\\/][\w.@+ -]*[\w@+-])*[\\/]([\w.@+-]+)(?=[\\/'\"\s,:;)\]>]|$)"
)
# NumPy 2 names the type of a scalar, NumPy 1 did not.
SCALAR = re.compile(r"\bn(?:um)?py?\.(?:float|int|uint|bool|longdouble|str|bytes)\w*\(([^()]*)\)")
COMPLEX = re.compile(r"\bnp\.c\w*(?=\([^()]*\))")
SCALAR_WORD = re.compile(r"\bnp\.(True|False)_")
PYTHON2_SET = re.compile(r"\b(frozen)?set\(\[([^\[\]]*)\]\)")
PYTHON2_TEXT = re.compile(r"(?<![\w'\"])[uU](?=(['\"])[^'\"]*\1)")
QUOTED = re.compile(r"""(?<![\w'"])"([^"'\\]*)"(?!\w)""")
WHOLE_QUOTED = re.compile(r"""^(['"])(.*)\1$""")
LONG = re.compile(r"\b(\d+)L\b")
CLOSING = {"(": ")", "[": "]", "{": "}"}
BRACKETS_AT_MOST = 50


def meaningful_lines(text: str) -> list[str]:
    """Return the lines of `text` that are not blank, without what never counts."""
    plain = COLOURS.sub("", text).replace("\r\n", "\n")
    lines = (forgive(line.rpartition("\r")[2]) for line in plain.split("\n"))
    return [line for line in lines if line]


def forgive(line: str) -> str:
    """Return one line without what never counts: addresses, times, folders, the order of sets."""
    for pattern, replacement in _REPLACEMENTS:
        line = pattern.sub(replacement, line)
    return sort_sets(BLANKS.sub(" ", line)).strip()


def logical_lines(lines: Sequence[str]) -> list[str]:
    """Return `lines` with those joined that go on inside a bracket, as arrays are printed."""
    found: list[list[str]] = []
    depth = 0
    for line in lines:
        if depth:
            found[-1].append(line)
        else:
            found.append([line])
        opened = sum(map(line.count, "([{"))
        depth = max(0, depth + opened - sum(map(line.count, ")]}")))
    return [sort_sets(" ".join(parts)) for parts in found]


def unquoted(line: str) -> str:
    """Return a line that is one text constant as `print` writes it."""
    found = WHOLE_QUOTED.match(line)
    return found[2] if found else line


def _without_list(match: re.Match[str]) -> str:
    """Return a set as Python 3 writes it."""
    frozen, items = match[1] or "", match[2]
    if not items:
        return f"{frozen}set()"
    return f"frozenset({{{items}}})" if frozen else f"{{{items}}}"


@dataclasses.dataclass(kw_only=True)
class _Bracket:
    """What stands behind an opening bracket, as far as it was read."""

    opening: str
    items: list[str] = dataclasses.field(default_factory=list)
    text: list[str] = dataclasses.field(default_factory=list)  # of the item that is being read
    is_dictionary: bool = False

    def as_written(self) -> str:
        return self.opening + ",".join([*self.items, "".join(self.text)])

    def closed(self, closing: str) -> str:
        if self.opening != "{" or self.is_dictionary:
            return self.as_written() + closing
        items = sorted(item.strip() for item in [*self.items, "".join(self.text)])
        return f"{{{', '.join(items)}}}"


def sort_sets(line: str) -> str:
    """Return `line` with the items of every set in it in one order, those inside others too.

    Goes over the line once, for it is untrusted and may be long.
    """
    if "{" not in line:
        return line
    open_ones = [_Bracket(opening="")]
    quote = ""
    for char in line:
        top = open_ones[-1]
        if quote:
            top.text.append(char)
            quote = "" if char == quote else quote
        elif char in CLOSING and len(open_ones) <= BRACKETS_AT_MOST:
            open_ones.append(_Bracket(opening=char))
        elif char == CLOSING.get(top.opening):
            del open_ones[-1]
            open_ones[-1].text.append(top.closed(char))
        elif char == ",":
            top.items.append("".join(top.text))
            top.text = []
        else:
            top.text.append(char)
            top.is_dictionary |= char == ":"
            quote = char if char in "'\"" and len(open_ones) > 1 else ""
    # What nothing closes stays as it is.
    return "".join(one.as_written() for one in open_ones)


_REPLACEMENTS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (ADDRESS, "0x…"),
    (DURATION, "…"),
    (CLOCK, "…"),
    (PATH, r"…/\1"),
    (SCALAR, r"\1"),
    (COMPLEX, ""),
    (SCALAR_WORD, r"\1"),
    (LONG, r"\1"),
    (PYTHON2_TEXT, ""),
    (QUOTED, r"'\1'"),
    (PYTHON2_SET, _without_list),
)
