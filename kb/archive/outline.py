"""Articles and their sections, found by the structure of the page.

A question is a title line and `问题:` with the same title; its answers follow under
`回答 0`, `回答 1`, …. A guide has nothing but a title line `Name-中文简介` (some have a
space for the hyphen), where `Name` is a repository's name with a capital first letter.
"""

import dataclasses
import re
from collections.abc import Sequence
from itertools import pairwise

from kb.archive.errors import ArchiveError
from kb.archive.kinds import Kind, label
from kb.archive.paragraphs import ANSWER, CHINESE, QUESTION, Paragraph, split_paragraphs
from kb.archive.reading import Line

TAG = re.compile(r"^标签归档[::][ ]*(?P<tag>\S.*?)\s*$")
GUIDE_TITLE = re.compile(
    r"""^(?P<name>[A-Z0-9][a-z0-9_.]*(?:-[a-z0-9_.]+)*)
        (?P<separator>[- ])
        (?P<about>[^a-z0-9\s].*)$""",
    re.VERBOSE,
)
# A heading such as "Docker-安装" is shorter than any description of a project.
TITLE_CHINESE_CHARACTERS = 5
# The longest title that the database keeps.
TITLE_CHARACTERS = 300


@dataclasses.dataclass(frozen=True, kw_only=True)
class Section:
    """A question's or an answer's text in both languages, or a guide's in Chinese."""

    name: str  # as a message calls it
    line: int  # where it starts
    structure: tuple[Line, ...]  # the lines that announce it
    paragraphs: tuple[Paragraph, ...]
    is_last: bool = False  # of the file


@dataclasses.dataclass(frozen=True, kw_only=True)
class Outline:
    """An article before its text is read; the first section is the question or the guide."""

    title: str
    is_question: bool
    sections: tuple[Section, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Page:
    tag: str
    tag_line: Line
    articles: tuple[Outline, ...]


def outline(lines: Sequence[Line]) -> Page:
    """Return the page's articles; ArchiveError where the lines are not such a page."""
    tag = TAG.match(lines[0].text)
    if tag is None:
        raise ArchiveError(
            "this is not an archive page: the first line must be 标签归档:<tag>", line=1
        )
    paragraphs = split_paragraphs(lines[1:])
    if not paragraphs:
        raise ArchiveError("the page has no articles; is the file cut off?", line=1)
    starts = _find_starts(paragraphs)
    bounds = [*starts, len(paragraphs)]
    articles = tuple(
        _article(paragraphs[start:end], is_last=end == len(paragraphs))
        for start, end in pairwise(bounds)
    )
    return Page(tag=tag["tag"], tag_line=lines[0], articles=articles)


def _find_starts(paragraphs: Sequence[Paragraph]) -> list[int]:
    starts: list[int] = []
    for index in range(len(paragraphs)):
        if _is_question_title(paragraphs, index) or _is_guide_title(paragraphs, index, starts):
            starts.append(index)
        elif not starts:
            raise ArchiveError(
                "here the first article's title must stand: a question's, repeated after "
                "问题:, or a guide's, such as Name-中文简介",
                line=paragraphs[index].first.number,
            )
    return starts


def _is_question_title(paragraphs: Sequence[Paragraph], index: int) -> bool:
    if index + 1 == len(paragraphs) or len(paragraphs[index].lines) > 1:
        return False
    title = paragraphs[index].first.text.strip()
    repeated = QUESTION.match(paragraphs[index + 1].first.text)
    if repeated is None:
        return False
    if repeated["title"] == title:
        return True
    if index + 2 == len(paragraphs) and title.startswith(repeated["title"]):
        raise ArchiveError(
            "the file is cut off in a question's title", line=paragraphs[index + 1].first.number
        )
    return False


def _is_guide_title(paragraphs: Sequence[Paragraph], index: int, starts: list[int]) -> bool:
    title = _guide_title(paragraphs[index])
    if title is None:
        return False
    if not starts:
        return True
    article = paragraphs[starts[-1] : index]
    if _is_question(article):
        return not _is_answered_after(paragraphs, index) and _ends_in_english(article)
    opened = _guide_title(article[0])
    if opened and opened["name"] == title["name"]:
        return False  # "Name 允许您…" is how a guide's own text begins
    return title["separator"] == "-" or "-" in title["name"]


def _guide_title(paragraph: Paragraph) -> re.Match[str] | None:
    text = paragraph.first.text.rstrip()
    title = GUIDE_TITLE.match(text)
    if title is None or len(paragraph.lines) > 1 or text[-1] in "。:;,.:;,":
        return None
    is_described = len(CHINESE.findall(title["about"])) >= TITLE_CHINESE_CHARACTERS
    return title if is_described and re.search("[A-Za-z]{2}", title["name"]) else None


def _is_question(article: Sequence[Paragraph]) -> bool:
    return len(article) > 1 and QUESTION.match(article[1].first.text) is not None


def _ends_in_english(article: Sequence[Paragraph]) -> bool:
    marks = [1, *(i for i, p in enumerate(article) if ANSWER.match(p.first.text))]
    tail = article[marks[-1] + 1 :]
    english = 0
    for paragraph, kind in zip(reversed(tail), reversed(label(tail)), strict=True):
        if kind is Kind.TEXT and paragraph.has_chinese:
            break
        english += kind is Kind.TEXT
    return english > 0


def _is_answered_after(paragraphs: Sequence[Paragraph], index: int) -> bool:
    for paragraph in paragraphs[index:]:
        if QUESTION.match(paragraph.first.text):
            return False
        if ANSWER.match(paragraph.first.text):
            return True
    return False


def _article(paragraphs: Sequence[Paragraph], *, is_last: bool) -> Outline:
    title = paragraphs[0].first
    if len(title.text.strip()) > TITLE_CHARACTERS:
        raise ArchiveError(
            f"the title has {len(title.text.strip())} characters, at most {TITLE_CHARACTERS}",
            line=title.number,
        )
    if _is_question(paragraphs):
        sections = _question_sections(paragraphs, is_last=is_last)
    else:
        sections = (_guide_section(paragraphs, is_last=is_last),)
    return Outline(
        title=title.text.strip(), is_question=_is_question(paragraphs), sections=sections
    )


def _guide_section(paragraphs: Sequence[Paragraph], *, is_last: bool) -> Section:
    for paragraph in paragraphs:
        if ANSWER.match(paragraph.first.text):
            raise ArchiveError(
                "an answer outside a question; its question needs a title line and 问题: "
                "with the same title",
                line=paragraph.first.number,
            )
    title = paragraphs[0].first
    return _section("the guide", (title,), paragraphs[1:], is_last=is_last)


def _question_sections(paragraphs: Sequence[Paragraph], *, is_last: bool) -> tuple[Section, ...]:
    marks = [i for i, p in enumerate(paragraphs) if ANSWER.match(p.first.text)]
    title = paragraphs[0].first
    if not marks:
        raise ArchiveError("the question has no answer; is the file cut off?", line=title.number)
    structure = (*paragraphs[0].lines, *paragraphs[1].lines)
    sections = [_section("the question", structure, paragraphs[2 : marks[0]])]
    for expected, (start, end) in enumerate(zip(marks, [*marks[1:], len(paragraphs)], strict=True)):
        marker = paragraphs[start].first
        found = ANSWER.match(marker.text)
        assert found is not None
        if int(found["number"]) != expected:
            raise ArchiveError(
                f"here 回答 {expected} must stand, not {marker.text.strip()}: answers are missing",
                line=marker.number,
            )
        sections.append(
            _section(
                marker.text.strip(),
                (marker,),
                paragraphs[start + 1 : end],
                is_last=is_last and end == len(paragraphs),
            )
        )
    return tuple(sections)


def _section(
    name: str, structure: tuple[Line, ...], body: Sequence[Paragraph], *, is_last: bool = False
) -> Section:
    line = structure[-1].number
    if not body:
        raise ArchiveError(f"{name} has no text; is the file cut off?", line=line)
    return Section(
        name=name, line=line, structure=structure, paragraphs=tuple(body), is_last=is_last
    )
