"""Paragraphs: runs of lines between blank ones, structure and list marks on their own."""

import dataclasses
import re
from collections.abc import Iterator, Sequence
from textwrap import dedent

from kb.archive.reading import Line

CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
LIST_ITEM = re.compile(r"^(?P<indent>[ ]+)(?P<marker>•|\d{1,3}\.)[ ]+(?P<text>\S.*)$")
QUESTION = re.compile(r"^问题[::][ ]*(?P<title>.*?)\s*$")
ANSWER = re.compile(r"^回答[ ]+(?P<number>\d{1,4})\s*$")


@dataclasses.dataclass(frozen=True)
class Paragraph:
    """Lines that stand together, none of them blank; list items together are one."""

    lines: tuple[Line, ...]

    @property
    def first(self) -> Line:
        return self.lines[0]

    @property
    def is_list(self) -> bool:
        return LIST_ITEM.match(self.first.text) is not None

    @property
    def has_chinese(self) -> bool:
        return any(CHINESE.search(line.text) for line in self.lines)

    @property
    def normal(self) -> str:
        """The text in the form in which two copies of it are equal."""
        return normal_text(self.lines)


def split_paragraphs(lines: Sequence[Line]) -> list[Paragraph]:
    return [Paragraph(tuple(group)) for group in _groups(lines)]


def normal_text(lines: Sequence[Line]) -> str:
    """Return the lines without common indentation, without white space at their ends."""
    return "\n".join(
        line.rstrip() for line in dedent("\n".join(line.text for line in lines)).split("\n")
    )


def _groups(lines: Sequence[Line]) -> Iterator[list[Line]]:
    group: list[Line] = []
    for line in lines:
        if group and (line.is_blank or _is_apart(group[-1], line)):
            yield group
            group = []
        if not line.is_blank:
            group.append(line)
    if group:
        yield group


def _is_apart(above: Line, line: Line) -> bool:
    # The rendering puts no blank line between the code inside a list item and the next item.
    if any(form.match(text) for form in (QUESTION, ANSWER) for text in (above.text, line.text)):
        return True
    return bool(LIST_ITEM.match(above.text)) != bool(LIST_ITEM.match(line.text))
