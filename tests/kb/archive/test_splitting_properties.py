"""Whatever prose and code a section is made of, its halves are found again."""

from hypothesis import given
from hypothesis import strategies as st

from kb.archive.halves import split_section
from kb.archive.outline import Section
from kb.archive.paragraphs import split_paragraphs
from kb.archive.reading import Line, read_lines

CODE = st.sampled_from(
    ["x = f(1)", "import torch", "pip install x", "for i in y:\n    f(i)\n\n    g(i)", "# a\nx = 1",
     "$ ls\na", "a   b\n1   2", "f(\n    1,\n\n    2)", '{"a": 1}'],
)  # fmt: skip
PROSE = st.sampled_from(
    [("这是第一段。", "This is the first."), ("看图 image", "See the image"), ("完成!", "Done!"),
     ("  • 甲\n  • 乙", "  • one\n  • two"), ("两行\n文字", "Two lines\nof text")],
)  # fmt: skip
# A section begins with prose, and code is parted by prose, as posts are written.
PARTS = st.lists(st.tuples(PROSE, st.none() | CODE), min_size=1, max_size=6)


@given(PARTS, st.integers(0, 2))
def test_halves_are_found_again(
    parts: list[tuple[tuple[str, str], str | None]], blank_lines: int
) -> None:
    gap = "\n" * (2 + blank_lines)
    chinese, english = (
        gap.join(text for prose, code in parts for text in (prose[side], code) if text is not None)
        for side in (0, 1)
    )
    lines = read_lines(f"{chinese}{gap}{english}".encode())
    section = Section(
        name="回答 0",
        line=1,
        structure=(Line(0, "回答 0"),),
        paragraphs=tuple(split_paragraphs(lines)),
    )

    ours, theirs = split_section(section)

    start = chinese.count("\n") + len(gap) + 1
    assert theirs[0].line == start
    placed = [line.number for block in [*ours, *theirs] for line in block.lines]
    assert placed == sorted(set(placed))
    assert {line.number for line in lines if not line.is_blank} <= set(placed)
    assert [b.code for b in ours if b.kind != "text"] == [
        b.code for b in theirs if b.kind != "text"
    ]
