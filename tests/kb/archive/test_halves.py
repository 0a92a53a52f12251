"""A section falls into a Chinese and an English half with the same code."""

import pytest

from kb.archive.errors import ArchiveError
from kb.archive.halves import split_section
from kb.archive.outline import Section
from kb.archive.paragraphs import split_paragraphs
from kb.archive.reading import Line, read_lines


def section(text: str, *, is_last: bool = False) -> Section:
    return Section(
        name="回答 0",
        line=1,
        structure=(Line(0, "回答 0"),),
        paragraphs=tuple(split_paragraphs(read_lines(text.encode()))),
        is_last=is_last,
    )


def halves(text: str, *, is_last: bool = False) -> list[list[tuple[str, str]]]:
    return [
        [(str(block.kind), block.code) for block in half]
        for half in split_section(section(text, is_last=is_last))
    ]


def test_prose_alone_is_split_after_the_last_chinese_paragraph() -> None:
    assert halves("一。\n\n二。\n\nOne.\n\nTwo.") == [
        [("text", "一。"), ("text", "二。")],
        [("text", "One."), ("text", "Two.")],
    ]


def test_code_that_ends_both_halves_stays_with_each() -> None:
    code = "x = f(1)\n\n#comment\n\ny = g(x)"

    chinese, english = halves(f"代码:\n\n{code}\n\nCode:\n\n{code}")

    assert chinese == [("text", "代码:"), ("python", code)]
    assert english == [("text", "Code:"), ("python", code)]


def test_same_code_twice_does_not_move_the_boundary() -> None:
    chinese, english = halves("x = 1\n\n文\n\nx = 1\n\nx = 1\n\nText\n\nx = 1")

    assert chinese == [("python", "x = 1"), ("text", "文"), ("python", "x = 1")]
    assert english == [("python", "x = 1"), ("text", "Text"), ("python", "x = 1")]


def test_english_that_begins_as_it_ends_stays_whole() -> None:
    chinese, english = halves("好。\n\n不好。\n\n好。\n\nGood.\n\nBad.\n\nGood.")

    assert [len(chinese), len(english)] == [3, 3]


def test_code_of_different_indentation_is_the_same() -> None:
    chinese, english = halves(
        "  • 文\n\n    x = 1\n    y = 2\n\n  • Text\n\n    x = 1  \n    y = 2\n    "
    )

    assert chinese[1] == english[1] == ("python", "x = 1\ny = 2")


def test_code_with_chinese_comments_ends_the_chinese_half() -> None:
    code = "x = 1  # 中文注释"

    assert halves(f"文\n\n{code}\n\nText\n\n{code}")[0][1] == ("python", code)


def test_damaged_code_is_prose_in_both() -> None:
    text = "文\n\n词= f(a=1,名称=“x”)\n\nText\n\nword = f(a=1, name = “x”)"

    assert [[kind for kind, _ in half] for half in halves(text)] == [["text"] * 2] * 2


def test_names_are_names_only_where_both_halves_have_them() -> None:
    text = "文\n\na.b.c\n\nd.e.f\n\n完。\n\nText\n\na.b.c\n\nDone with d.e.f."

    chinese, english = halves(text)

    assert [kind for kind, _ in chinese] == ["text", "names", "text", "text"]
    assert [kind for kind, _ in english] == ["text", "names", "text"]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("Only English.", 1, "has no Chinese half"),
        ("只有中文。", 1, "has no English half"),
        ("文\n\nx = 1", 1, "has no English half"),
        ("文\n\nText.\n\nUnknown 新的文章在此开始", 5, "has no English half"),
        ("文\n\nx = 1\n\n文\n\nText.", 3, "python block has no twin"),
        ("文\n\nText.\n\nx = 1", 5, "python block has no twin"),
        ("文\n\nx = 1\n\n文\n\nText.\n\nx = 2\n\nText.", 9, "the python block at line 3"),
        ("文\n\npip install a\n\n完\n\nText\n\nx = 1", 9, "differs from the shell block at line 3"),
    ],
)  # fmt: skip
def test_halves_that_do_not_fit_are_refused(text: str, line: int, reason: str) -> None:
    with pytest.raises(ArchiveError) as caught:
        split_section(section(text))

    assert caught.value.line == line
    assert reason in caught.value.message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("一。\n\n二。\n\nOne.", "ends after 1 of 2 lines"),
        ("一。\n二。\n\nOne.", "ends after 1 of 2 lines"),
        ("这一段话有很多很多个字。\n\nThis (i.", "in the middle of an English sentence"),
        ("一。\n\nOne sen", "in the middle of an English sentence"),
        ("一\n\nOne sentence that is long enough and then just sto", "in the middle of an English"),
    ],
)
def test_last_section_of_the_file_must_be_whole(text: str, reason: str) -> None:
    with pytest.raises(ArchiveError, match=reason):
        split_section(section(text, is_last=True))

    split_section(section(text))  # elsewhere a translator may have joined paragraphs


@pytest.mark.parametrize(
    "text",
    [
        "一。\n\nOne.",
        "图\n\nA picture",
        "看 https://a.org/b\n\nSee the long list of things at https://a.org/b",
    ],
)
def test_whole_last_section_is_accepted(text: str) -> None:
    assert len(halves(text, is_last=True)[1]) == 1
