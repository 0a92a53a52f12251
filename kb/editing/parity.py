"""Holding a post's two texts against each other, and carrying code from one to the other. Pure."""

import dataclasses
from collections import Counter
from collections.abc import Sequence

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kb.editing.outline import Outline
from kb.markdown.fences import Fence, FenceKind, Piece, Text, continuation, scan, strip_prefix

SHOWN = 6
"""Differences shown of one subject; more help nobody."""


class Subject(TextChoices):
    CODE = "code", _("Code")
    FORMULAS = "formulas", _("Formulas")
    LINKS = "links", _("Links")
    HEADINGS = "headings", _("Headings")
    NAMES = "names", _("Names in code")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Check:
    """Whether both texts have the same of a subject, and what only one of them has."""

    subject: Subject
    is_same: bool
    count: int  # in the text that has more
    only_left: tuple[str, ...] = ()
    only_right: tuple[str, ...] = ()

    @property
    def is_order(self) -> bool:
        """Say whether the same things stand in another order."""
        return not self.is_same and not self.only_left and not self.only_right


def compare_outlines(left: Outline, right: Outline) -> list[Check]:
    """Return a check for each subject.

    Sentences may turn formulas, links and names round; code and headings keep their order.
    """
    return [
        _check(Subject.CODE, left.code, right.code, is_ordered=True),
        _check(Subject.FORMULAS, left.formulas, right.formulas),
        _check(Subject.LINKS, left.links, right.links),
        _check(
            Subject.HEADINGS,
            [f"h{level}" for level in left.headings],
            [f"h{level}" for level in right.headings],
            is_ordered=True,
        ),
        # A name may be repeated in one language where the other has a pronoun.
        _check(Subject.NAMES, sorted(set(left.names)), sorted(set(right.names))),
    ]


def _check(
    subject: Subject, left: Sequence[str], right: Sequence[str], *, is_ordered: bool = False
) -> Check:
    ours, theirs = Counter(left), Counter(right)
    is_same = list(left) == list(right) if is_ordered else ours == theirs
    return Check(
        subject=subject,
        is_same=is_same,
        count=max(len(left), len(right)),
        only_left=tuple((ours - theirs).elements())[:SHOWN],
        only_right=tuple((theirs - ours).elements())[:SHOWN],
    )


def carry_code(*, source: str, target: str) -> str | None:
    """Return `target` with the runnable fences of `source`, set-ups and claims included.

    None where the two have not the same kinds of fences in the same order: then nobody can
    tell where the code belongs. Raises AuthoringError.
    """
    given, wanted = scan(source), scan(target)
    ours, theirs = _run_fences(given), _run_fences(wanted)
    if [fence.kind for _, fence in ours] != [fence.kind for _, fence in theirs]:
        return None
    lines = {number: _lines(source, given, number) for number, _fence in ours}
    carried = {
        place: _with_prefix(lines[number], fence.prefix, into.prefix)
        for (number, fence), (place, into) in zip(ours, theirs, strict=True)
    }
    parts = [carried.get(number) or _lines(target, wanted, number) for number in range(len(wanted))]
    return "\n".join(line for part in parts for line in part)


def _run_fences(pieces: Sequence[Piece]) -> list[tuple[int, Fence]]:
    """Return the fences that make up snippets, with their places among the pieces."""
    found: list[tuple[int, Fence]] = []
    is_claimable = False
    for number, piece in enumerate(pieces):
        if isinstance(piece, Text):
            is_claimable = is_claimable and not piece.text.strip(" >\n")
            continue
        if isinstance(piece, Fence):
            is_claim = piece.kind is FenceKind.OUTPUT and is_claimable
            if is_claim or piece.kind in {FenceKind.RUN, FenceKind.SETUP, FenceKind.CLAIM}:
                found.append((number, piece))
        is_claimable = isinstance(piece, Fence) and piece.kind is FenceKind.RUN
    return found


def _lines(markdown: str, pieces: Sequence[Piece], number: int) -> list[str]:
    """Return the lines of a piece; every line of a text belongs to one."""
    lines = markdown.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    until = pieces[number + 1].line - 1 if number + 1 < len(pieces) else len(lines)
    return lines[pieces[number].line - 1 : until]


def _with_prefix(lines: Sequence[str], old: str, new: str) -> list[str]:
    """Return a fence's lines in another list or quote."""
    first, *rest = lines
    after = continuation(new)
    moved = (strip_prefix(line, old) for line in rest)
    return [
        new + first.removeprefix(old),
        *((after + line) if line else after.rstrip() for line in moved),
    ]
