"""Claimed output against printed output: forgiving what does not matter, and nothing else."""

import dataclasses
import math
import re
from collections.abc import Sequence
from enum import StrEnum

RELATIVE_TOLERANCE = 1e-5
ABSOLUTE_TOLERANCE = 1e-8

NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?(?![\w])|(?<![\w.])[-+]?(?:nan|inf)\b"
)
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{4,}\b")
CLOCK = re.compile(
    r"\b\d+(?:\.\d+)?\s?(?:[mµun]?s|sec|seconds|ms)/(?:step|epoch|batch|loop|it)\b|\bETA: [\d:]+s?"
)
BLANKS = re.compile(r"\s+")
BY_PUNCTUATION = re.compile(r"\s*([\[\](){},:=])\s*")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Match(StrEnum):
    """How printed output stands to the claim."""

    SAME = "same"
    VALUES = "values"  # the same text around other numbers
    OTHER = "other"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Difference:
    """The first line, from 1, where claim and output part; an empty side has ended."""

    line: int
    claimed: str
    printed: str

    def __str__(self) -> str:
        return f"line {self.line}: claimed {self.claimed!r}, printed {self.printed!r}"


def compare(claim: str, printed: str) -> tuple[Match, Difference | None]:
    """Return how `printed` stands to `claim`, and where they first part.

    White space, memory addresses, durations and colours do not count; numbers
    with a fraction may differ by 1e-5 of their size, whole numbers not at all.
    """
    claimed_lines, printed_lines = meaningful_lines(claim), meaningful_lines(printed)
    match = Match.SAME
    difference: Difference | None = None
    for index in range(max(len(claimed_lines), len(printed_lines))):
        ours = claimed_lines[index] if index < len(claimed_lines) else ""
        theirs = printed_lines[index] if index < len(printed_lines) else ""
        one = _compare_line(ours, theirs)
        if one is Match.SAME:
            continue
        difference = difference or Difference(line=index + 1, claimed=ours, printed=theirs)
        if one is Match.OTHER:
            return Match.OTHER, difference
        match = Match.VALUES
    return match, difference


def are_values_random(outputs: Sequence[str]) -> bool:
    """Say whether outputs of the same code under different seeds differ in their numbers alone."""
    first, *others = outputs
    matches = {compare(first, other)[0] for other in others}
    return Match.VALUES in matches and Match.OTHER not in matches


def meaningful_lines(text: str) -> list[str]:
    """Return the lines of `text` that are not blank, without what never counts."""
    plain = COLOURS.sub("", text).replace("\r\n", "\n")
    plain = ADDRESS.sub("0x…", CLOCK.sub("…", plain))
    lines = (BLANKS.sub(" ", line.rpartition("\r")[2]).strip() for line in plain.split("\n"))
    return [line for line in lines if line]


def _compare_line(claimed: str, printed: str) -> Match:
    if _masked(claimed) != _masked(printed):
        return Match.OTHER
    pairs = zip(NUMBER.findall(claimed), NUMBER.findall(printed), strict=True)
    return Match.SAME if all(_are_equal(*pair) for pair in pairs) else Match.VALUES


def _masked(line: str) -> str:
    return BY_PUNCTUATION.sub(r"\1", BLANKS.sub(" ", NUMBER.sub(" # ", line))).strip()


def _are_equal(claimed: str, printed: str) -> bool:
    if claimed.lstrip("+-").isdigit() and printed.lstrip("+-").isdigit():
        return int(claimed) == int(printed)
    first, second = float(claimed), float(printed)
    if math.isnan(first) or math.isnan(second):
        return math.isnan(first) and math.isnan(second)
    return math.isclose(first, second, rel_tol=RELATIVE_TOLERANCE, abs_tol=ABSOLUTE_TOLERANCE)
