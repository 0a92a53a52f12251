"""What a text's revisions changed: lines that went and came, words marked in them."""

import dataclasses
import difflib
import re
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from kb.languages import html_lang
from kb.models import Language, Post, Revision

TOKEN = re.compile(r"[A-Za-z0-9_]+|\s+|.", re.DOTALL)
CONTEXT_LINES = 2
ALIKE = 33.0
"""Lines that are less alike, of 100, are another line and not a reworded one."""
MOST_PAIRS = 10_000
"""Larger blocks are shown as they went and as they came."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Piece:
    text: str
    is_changed: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Line:
    kind: str  # same, old, new, gap
    pieces: Sequence[Piece] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Changes:
    lang: str  # for the HTML attribute
    old: Revision | None
    new: Revision
    revisions: Sequence[Revision]
    lines: Sequence[Line]


def view_changes(*, post: Post, language: Language, old: str, new: str) -> Changes | None:
    """Return what changed from revision `old` to `new`; empty: the one before, the last.

    None where there is no such text or revision.
    """
    revisions = list(
        Revision.objects.filter(translation__post=post, translation__language=language)
        .select_related("created_by")
        .order_by("number")
    )
    by_number = {str(revision.number): revision for revision in revisions}
    if not revisions or (new and new not in by_number) or (old and old not in by_number):
        return None
    last = by_number[new] if new else revisions[-1]
    first = by_number.get(old or str(last.number - 1))
    texts = [_whole(first) if first else "", _whole(last)]
    return Changes(
        lang=html_lang(language),
        old=first,
        new=last,
        revisions=revisions[::-1],
        lines=list(compare(*texts)),
    )


def compare(old: str, new: str) -> Iterator[Line]:
    """Yield the lines of both, long stretches of the same lines left out."""
    before, after = old.splitlines(), new.splitlines()
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    is_first = True
    for group in matcher.get_grouped_opcodes(CONTEXT_LINES):
        if not is_first:
            yield Line(kind="gap")
        is_first = False
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from (Line(kind="same", pieces=[Piece(text=t)]) for t in before[i1:i2])
            else:
                yield from _changed(before[i1:i2], after[j1:j2])


def _changed(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    """Yield lines that went and came; a line that was reworded stands under what it was."""
    for ours, theirs in _pairs(before, after):
        if ours is None or theirs is None:
            kind, text = ("new", theirs) if ours is None else ("old", ours)
            yield Line(kind=kind, pieces=[Piece(text=text or "")])
            continue
        left, right = _words(ours, theirs)
        yield Line(kind="old", pieces=left)
        yield Line(kind="new", pieces=right)


def _pairs(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str | None, str | None]]:
    """Yield each line with the one that it became, in order; None: it has no counterpart."""
    if len(before) * len(after) > MOST_PAIRS:
        yield from ((line, None) for line in before)
        yield from ((None, line) for line in after)
        return
    alike = [[fuzz.ratio(ours, theirs) for theirs in after] for ours in before]
    # worth[i][j]: how well what follows line i of the one and j of the other can be paired.
    worth = [[0.0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i in reversed(range(len(before))):
        for j in reversed(range(len(after))):
            together = alike[i][j] + worth[i + 1][j + 1] if alike[i][j] >= ALIKE else 0.0
            worth[i][j] = max(together, worth[i + 1][j], worth[i][j + 1])
    i = j = 0
    while i < len(before) and j < len(after):
        if alike[i][j] >= ALIKE and worth[i][j] == alike[i][j] + worth[i + 1][j + 1]:
            yield before[i], after[j]
            i, j = i + 1, j + 1
        elif worth[i][j] == worth[i + 1][j]:
            yield before[i], None
            i += 1
        else:
            yield None, after[j]
            j += 1
    yield from ((line, None) for line in before[i:])
    yield from ((None, line) for line in after[j:])


def _words(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    left: list[Piece] = []
    right: list[Piece] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        is_changed = tag != "equal"
        if i2 > i1:
            left.append(Piece(text="".join(before[i1:i2]), is_changed=is_changed))
        if j2 > j1:
            right.append(Piece(text="".join(after[j1:j2]), is_changed=is_changed))
    return left, right


def _whole(revision: Revision) -> str:
    return f"{revision.title}\n\n{revision.markdown}" if revision.title else revision.markdown
