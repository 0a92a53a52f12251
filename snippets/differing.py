"""What a run printed otherwise than the verified run, line by line. Pure."""

import dataclasses
import difflib
from collections.abc import Sequence

from snippets import terminal

LINES_AT_MOST = 400
"""Of longer outputs the beginnings are compared."""
CONTEXT_LINES = 1


@dataclasses.dataclass(frozen=True, kw_only=True)
class Line:
    kind: str  # same, old (was printed when verified), new, gap
    text: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Difference:
    lines: Sequence[Line]  # empty: both printed the same

    @property
    def is_same(self) -> bool:
        return not self.lines


def compare(verified: str, printed: str) -> Difference:
    before, after = (terminal.visible(text).splitlines()[:LINES_AT_MOST]
                     for text in (verified, printed))  # fmt: skip
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    lines: list[Line] = []
    for group in matcher.get_grouped_opcodes(CONTEXT_LINES):
        lines += [Line(kind="gap")] if lines else []
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines += [Line(kind="same", text=text) for text in before[i1:i2]]
            else:
                lines += [Line(kind="old", text=text) for text in before[i1:i2]]
                lines += [Line(kind="new", text=text) for text in after[j1:j2]]
    return Difference(lines=lines)
