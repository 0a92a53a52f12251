"""Claimed output against printed output: forgiving what does not matter, and nothing else."""

import ast
import dataclasses
import difflib
import math
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from snippets.forgiving import BLANKS, logical_lines, meaningful_lines, unquoted

NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?(?![\w])|(?<![\w.])[-+]?(?:nan|inf)\b"
)
BY_PUNCTUATION = re.compile(r"\s*([\[\](){},:=])\s*")
DISPLAY = re.compile(r"[\[{(].*[\]})]")
DIFF_LINES = 24


class Match(StrEnum):
    """How printed output stands to the claim, the best first."""

    SAME = "same"
    VALUES = "values"  # the same text around other numbers
    KEYS = "keys"  # the same, and dictionaries with further keys
    OTHER = "other"


ORDER = list(Match)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tolerance:
    """How far apart two numbers with a fraction may be and still be equal."""

    relative: float = 1e-5
    absolute: float = 1e-8


@dataclasses.dataclass(frozen=True, kw_only=True)
class Difference:
    """Where claim and output first part, from line 1, and both around there."""

    line: int
    claimed: str
    printed: str
    diff: str = ""
    new_keys: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.new_keys:
            first = f"line {self.line}: new keys {', '.join(map(repr, self.new_keys))}"
        else:
            first = f"line {self.line}: claimed {self.claimed!r}, printed {self.printed!r}"
        return f"{first}\n{self.diff}" if self.diff else first


def compare(
    claim: str, printed: str, tolerance: Tolerance | None = None
) -> tuple[Match, Difference | None]:
    """Return how `printed` stands to `claim`, and where they first part.

    White space, quotes of texts, memory addresses, times, folders, colours and the
    order of sets do not count; numbers with a fraction may differ by the tolerance,
    whole numbers not at all, and `1` is not `1.0`.
    """
    allowed = tolerance or Tolerance()
    claimed_lines, printed_lines = meaningful_lines(claim), meaningful_lines(printed)
    match, difference = _compare_lines(claimed_lines, printed_lines, allowed)
    if match is not Match.OTHER:
        return match, difference
    # Where an array's lines end depends on its values, and is white space.
    joined = _compare_lines(logical_lines(claimed_lines), logical_lines(printed_lines), allowed)
    return joined if joined[0] is not Match.OTHER else (match, difference)


def are_values_random(outputs: Sequence[str]) -> bool:
    """Say whether outputs of the same code under different seeds differ in their numbers alone."""
    first, *others = outputs
    matches = {compare(first, other)[0] for other in others}
    return Match.VALUES in matches and matches <= {Match.VALUES, Match.SAME}


def _compare_lines(
    claimed_lines: Sequence[str], printed_lines: Sequence[str], allowed: Tolerance
) -> tuple[Match, Difference | None]:
    worst = Match.SAME
    first: tuple[int, str, str] | None = None
    keys: list[str] = []
    for index in range(max(len(claimed_lines), len(printed_lines))):
        ours = claimed_lines[index] if index < len(claimed_lines) else ""
        theirs = printed_lines[index] if index < len(printed_lines) else ""
        match, new_keys = _compare_line(ours, theirs, allowed)
        if match is Match.SAME:
            continue
        is_worse = ORDER.index(match) > ORDER.index(worst)
        if first is None or (is_worse and match is not Match.VALUES):
            first = (index + 1, ours, theirs)
        keys += new_keys
        worst = match if is_worse else worst
        if worst is Match.OTHER:
            break
    if first is None:
        return Match.SAME, None
    return worst, Difference(
        line=first[0],
        claimed=first[1],
        printed=first[2],
        diff=_diff(claimed_lines, printed_lines) if len(claimed_lines) > 1 else "",
        new_keys=tuple(dict.fromkeys(keys)) if worst is Match.KEYS else (),
    )


def _compare_line(claimed: str, printed: str, tolerance: Tolerance) -> tuple[Match, list[str]]:
    if _masked(claimed) != _masked(printed):
        if _masked(unquoted(claimed)) == _masked(unquoted(printed)):
            return _compare_numbers(claimed, printed, tolerance), []
        return _compare_displays(claimed, printed, tolerance)
    return _compare_numbers(claimed, printed, tolerance), []


def _compare_numbers(claimed: str, printed: str, tolerance: Tolerance) -> Match:
    pairs = zip(NUMBER.findall(claimed), NUMBER.findall(printed), strict=True)
    return Match.SAME if all(_are_equal(*pair, tolerance) for pair in pairs) else Match.VALUES


def _masked(line: str) -> str:
    return BY_PUNCTUATION.sub(r"\1", BLANKS.sub(" ", NUMBER.sub(" # ", line))).strip()


def _compare_displays(claimed: str, printed: str, tolerance: Tolerance) -> tuple[Match, list[str]]:
    """Compare lines that end in a list or dictionary, looking for keys that are new."""
    ours, theirs = DISPLAY.search(claimed), DISPLAY.search(printed)
    if not ours or not theirs:
        return Match.OTHER, []
    around = [
        f"{line[: m.start()]}…{line[m.end() :]}" for line, m in ((claimed, ours), (printed, theirs))
    ]
    if _masked(around[0]) != _masked(around[1]):
        return Match.OTHER, []
    try:
        values = ast.literal_eval(ours[0]), ast.literal_eval(theirs[0])
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return Match.OTHER, []
    keys: list[str] = []
    match = _compare_values(*values, tolerance, keys)
    return (Match.KEYS, keys) if keys and match is not Match.OTHER else (match, [])


def _compare_values(ours: Any, theirs: Any, tolerance: Tolerance, keys: list[str]) -> Match:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        if set(ours) - set(theirs):
            return Match.OTHER
        keys += [str(key) for key in theirs if key not in ours]
        parts = [_compare_values(ours[key], theirs[key], tolerance, keys) for key in ours]
    elif isinstance(ours, list | tuple):
        if type(ours) is not type(theirs) or len(ours) != len(theirs):
            return Match.OTHER
        parts = [_compare_values(*pair, tolerance, keys) for pair in zip(ours, theirs, strict=True)]
    elif isinstance(ours, bool) or isinstance(theirs, bool) or not _are_numbers(ours, theirs):
        return Match.SAME if ours == theirs else Match.OTHER
    else:
        return Match.SAME if _are_equal(repr(ours), repr(theirs), tolerance) else Match.VALUES
    return max(parts, key=ORDER.index, default=Match.SAME)


def _are_numbers(*values: object) -> bool:
    return all(isinstance(value, int | float) for value in values)


def _are_equal(claimed: str, printed: str, tolerance: Tolerance) -> bool:
    are_whole = [number.lstrip("+-").isdigit() for number in (claimed, printed)]
    if any(are_whole):
        return all(are_whole) and _whole(claimed) == _whole(printed)
    first, second = float(claimed), float(printed)
    if math.isnan(first) or math.isnan(second):
        return math.isnan(first) and math.isnan(second)
    return math.isclose(first, second, rel_tol=tolerance.relative, abs_tol=tolerance.absolute)


def _whole(number: str) -> str:
    """Return a whole number in one form; Python reads none of thousands of digits."""
    digits = number.lstrip("+-0")
    return f"-{digits}" if digits and number.startswith("-") else digits


def _diff(claimed: Sequence[str], printed: Sequence[str]) -> str:
    """Return both as a unified difference: - is claimed, + is printed."""
    lines = list(difflib.unified_diff(claimed, printed, lineterm="", n=1))[2:]
    if len(lines) > DIFF_LINES:
        lines = [*lines[:DIFF_LINES], f"… +{len(lines) - DIFF_LINES}"]
    return "\n".join(lines)
