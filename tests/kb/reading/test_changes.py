"""A difference has every line that went and came, words marked in those that were reworded."""

import re

from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.reading.changes import Line, compare

PARTS = st.sampled_from(
    ["a", "b ", "同", "<b>", "</p>", "&amp;", '"', "`x`", "\t", "\u202e", "{{ x }}"]
)
LINES = st.lists(st.lists(PARTS, max_size=4).map("".join), max_size=7)


def texts(lines: list[Line], *kinds: str) -> list[str]:
    return ["".join(piece.text for piece in line.pieces) for line in lines if line.kind in kinds]


def is_within(some: list[str], every: list[str]) -> bool:
    """Say whether `some` stand in `every` in this order."""
    rest = iter(every)
    return all(line in rest for line in some)


@settings(deadline=None)
@given(before=LINES, after=LINES)
def test_nothing_is_made_up_and_nothing_that_changed_is_left_out(
    before: list[str], after: list[str]
):
    lines = list(compare("\n".join(before), "\n".join(after)))

    assert is_within(texts(lines, "same", "old"), before)
    assert is_within(texts(lines, "same", "new"), after)
    gone = len(before) - len(texts(lines, "old"))
    come = len(after) - len(texts(lines, "new"))
    # What neither went nor came is in both; splitlines drops one empty line at the end.
    assert abs(gone - come) <= 1
    if "\n".join(before).splitlines() == "\n".join(after).splitlines():
        assert lines == []


@settings(deadline=None)
@given(before=LINES, after=LINES)
def test_no_text_breaks_the_page_that_shows_its_difference(before: list[str], after: list[str]):
    lines = list(compare("\n".join(before), "\n".join(after)))

    html = render_to_string("kb/_difference.html", {"lines": lines, "html_lang": "en"})

    tags = re.findall(r"</?(\w+)[^>]*>", html)
    assert set(tags) <= {"p", "span", "ins", "del", "hr"}
    for tag in set(tags) - {"hr"}:
        assert len(re.findall(rf"<{tag}\b", html)) == html.count(f"</{tag}>")


def marked(old: str, new: str) -> list[tuple[str, str]]:
    return [
        (line.kind, "".join(f"[{p.text}]" if p.is_changed else p.text for p in line.pieces))
        for line in compare(old, new)
    ]


def test_reworded_line_stands_under_what_it_was():
    old = "Keep.\nFreeze the last layer.\nKeep too."
    new = "Keep.\nAn entirely different one.\nFreeze the first layer.\nKeep too."

    assert marked(old, new) == [
        ("same", "Keep."),
        ("new", "An entirely different one."),
        ("old", "Freeze the [last] layer."),
        ("new", "Freeze the [first] layer."),
        ("same", "Keep too."),
    ]


def test_chinese_is_marked_by_characters():
    assert marked("冻结最后一层", "冻结最前一层") == [
        ("old", "冻结最[后]一层"),
        ("new", "冻结最[前]一层"),
    ]
