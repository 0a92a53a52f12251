"""What never counts when printed text is compared: made the same on both sides."""

import re
from collections.abc import Callable

BLANKS = re.compile(r"\s+")
COLOURS = re.compile(r"\x1b\[[0-9;:?]*[A-Za-z]")
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{4,}\b")
DURATION = re.compile(
    r"\b\d+(?:\.\d+)?\s?(?:[mµun]?s|sec|secs|seconds?|minutes?|min|hours?)(?:/(?:step|epoch|batch|loop|it|"
    r"sample))?\b(?!\w)|\bETA: [\d:]+s?|\b\d+(?:\.\d+)?\s?(?:it|steps?|samples)/s\b"
)
CLOCK = re.compile(
    r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?\b|"
    r"\b\d{1,2}:\d\d:\d\d(?:[.,]\d+)?\b"
)
PATH = re.compile(
    r"(?<![\w.:/])(?:~|[A-Za-z]:)?(?:[\\/][\w.@+ -]*[\w@+-])*[\\/]([\w.@+-]+)(?=[\\/'\"\s,:;)\]>]|$)"
)
# NumPy 2 names the type of a scalar, NumPy 1 did not.
SCALAR = re.compile(
    r"\bn(?:um)?py?\.(?:float|int|uint|bool|longdouble|complex|str|bytes)\w*\(([^()]*)\)"
)
SCALAR_WORD = re.compile(r"\bnp\.(True|False)_")
PYTHON2_SET = re.compile(r"\b(?:frozen)?set\(\[([^\[\]]*)\]\)")
SET = re.compile(r"\{([^{}:]+)\}")
PYTHON2_TEXT = re.compile(r"(?<![\w'\"])[uU](?=(['\"])[^'\"]*\1)")
QUOTED = re.compile(r"""(?<![\w'"])"([^"'\\]*)"(?!\w)""")
WHOLE_QUOTED = re.compile(r"""^(['"])(.*)\1$""")
LONG = re.compile(r"\b(\d+)L\b")


def meaningful_lines(text: str) -> list[str]:
    """Return the lines of `text` that are not blank, without what never counts."""
    plain = COLOURS.sub("", text).replace("\r\n", "\n")
    lines = (forgive(line.rpartition("\r")[2]) for line in plain.split("\n"))
    return [line for line in lines if line]


def forgive(line: str) -> str:
    """Return one line without what never counts: addresses, times, folders, the order of sets."""
    for pattern, replacement in _REPLACEMENTS:
        line = pattern.sub(replacement, line)
    return BLANKS.sub(" ", line).strip()


def unquoted(line: str) -> str:
    """Return a line that is one text constant as `print` writes it."""
    found = WHOLE_QUOTED.match(line)
    return found[2] if found else line


def _sorted_set(match: re.Match[str]) -> str:
    items = sorted(item.strip() for item in match[1].split(","))
    return "{" + ", ".join(items) + "}"


_REPLACEMENTS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (ADDRESS, "0x…"),
    (DURATION, "…"),
    (CLOCK, "…"),
    (PATH, r"…/\1"),
    (SCALAR, r"\1"),
    (SCALAR_WORD, r"\1"),
    (LONG, r"\1"),
    (PYTHON2_TEXT, ""),
    (QUOTED, r"'\1'"),
    (PYTHON2_SET, r"{\1}"),
    (SET, _sorted_set),
)
