"""A section's Chinese and English halves, and the blocks that both must hold."""

import re
from collections.abc import Sequence

from kb.archive.blocks import Block, make_blocks
from kb.archive.errors import ArchiveError
from kb.archive.identifiers import URL
from kb.archive.kinds import Kind, label
from kb.archive.outline import Section
from kb.archive.paragraphs import CHINESE

SENTENCE_END = tuple("。.!?!?::;;)”’\"')]`…")
# A line with more spaces than a caption has.
SENTENCE_SPACES = 8


def split_section(section: Section) -> tuple[list[Block], list[Block]]:
    """Return the blocks of the Chinese and of the English half.

    Raises ArchiveError where a half is missing, where the halves hold different
    code, and where the file's last section is visibly cut off.
    """
    paragraphs = section.paragraphs
    kinds = label(paragraphs)
    split = _split_at(section, kinds)
    chinese = make_blocks(paragraphs[:split], kinds[:split])
    english = make_blocks(paragraphs[split:], kinds[split:])
    chinese, english = _without_lone_names(chinese, english)
    _require_same_code(section, chinese, english)
    if section.is_last:
        _require_whole(section, chinese, english)
    return chinese, english


def _split_at(section: Section, kinds: Sequence[Kind]) -> int:
    """Return the index of the English half's first paragraph.

    What follows the last Chinese paragraph is the code that ends the Chinese half and
    then the English half; that code ends the English half too, which tells where it begins.
    """
    paragraphs = section.paragraphs
    texts = [kind is Kind.TEXT for kind in kinds]
    chinese = [i for i, p in enumerate(paragraphs) if texts[i] and p.has_chinese]
    if not chinese:
        raise ArchiveError(f"{section.name} has no Chinese half", line=paragraphs[0].first.number)
    after = chinese[-1] + 1
    tail = [paragraph.normal for paragraph in paragraphs[after:]]
    # Of the possible places the one that parts the section most evenly, because the
    # paragraphs correspond: an English half may itself begin as it ends.
    shared = min(
        (k for k in range(len(tail) // 2 + 1) if tail[:k] == tail[len(tail) - k :]),
        key=lambda k: (abs(after + k - (len(tail) - k)), -k),
    )
    if not any(texts[after + shared :]):
        raise ArchiveError(
            f"{section.name} has no English half after this Chinese paragraph; is the file cut "
            "off, or does a new article start here without a title such as Name-中文简介?",
            line=paragraphs[after - 1].first.number,
        )
    return after + shared


def _without_lone_names(
    chinese: Sequence[Block], english: Sequence[Block]
) -> tuple[list[Block], list[Block]]:
    """Return the halves with lines of names that only one of them has as text."""
    both = _names(chinese) & _names(english)
    return _only_names(chinese, both), _only_names(english, both)


def _names(blocks: Sequence[Block]) -> set[str]:
    return {block.code for block in blocks if block.kind is Kind.NAMES}


def _only_names(blocks: Sequence[Block], known: set[str]) -> list[Block]:
    return [
        block.as_text() if block.kind is Kind.NAMES and block.code not in known else block
        for block in blocks
    ]


def _require_same_code(
    section: Section, chinese: Sequence[Block], english: Sequence[Block]
) -> None:
    theirs = [block for block in english if block.kind is not Kind.TEXT]
    ours = [block for block in chinese if block.kind is not Kind.TEXT]
    for mine, twin in zip(ours, theirs, strict=False):
        if (mine.kind, mine.code) != (twin.kind, twin.code):
            raise ArchiveError(
                f"{section.name}: this {twin.kind} block of the English half differs from the "
                f"{mine.kind} block at line {mine.line} of the Chinese half",
                line=twin.line,
            )
    if len(ours) != len(theirs):
        shorter = min(len(ours), len(theirs))
        block = (ours if len(ours) > len(theirs) else theirs)[shorter]
        raise ArchiveError(
            f"{section.name}: this {block.kind} block has no twin in the other language; is the "
            "file cut off?",
            line=block.line,
        )


def _require_whole(section: Section, chinese: Sequence[Block], english: Sequence[Block]) -> None:
    last = english[-1]
    counts = [
        sum(len(block.lines) for block in half if block.kind is Kind.TEXT)
        for half in (chinese, english)
    ]
    if counts[1] < counts[0]:
        raise ArchiveError(
            f"{section.name}: the file ends after {counts[1]} of {counts[0]} lines of the "
            "English half's text; is it cut off?",
            line=last.lines[-1].number,
        )
    if last.kind is Kind.TEXT and _breaks_off(last.lines[-1].text, chinese[-1].lines[-1].text):
        raise ArchiveError(
            f"{section.name}: the file ends in the middle of an English sentence",
            line=last.lines[-1].number,
        )


def _breaks_off(text: str, twin: str) -> bool:
    """Say whether English prose is shorter than it can be, or lacks an end that it should have."""
    text = text.rstrip()
    if len(text) < len(CHINESE.findall(twin)):
        return True  # English takes more letters than Chinese characters
    if text.endswith(SENTENCE_END) or re.search(URL + "$", text):
        return False
    return twin.rstrip().endswith(SENTENCE_END) or text.count(" ") >= SENTENCE_SPACES
