"""A run is held against the verified output, line by line."""

from snippets.differing import Line, compare


def test_same_output_has_no_lines():
    assert compare("1\n2\n", "1\n2\n").is_same


def test_changed_line_is_shown_as_old_and_new():
    lines = compare("a\n1\nb\n", "a\n2\nb\n").lines

    assert list(lines) == [
        Line(kind="same", text="a"),
        Line(kind="old", text="1"),
        Line(kind="new", text="2"),
        Line(kind="same", text="b"),
    ]


def test_far_apart_changes_have_a_gap_between_them():
    same = "\n".join("abcdefgh")

    lines = compare(f"1\n{same}\n2\n", f"3\n{same}\n4\n").lines

    assert [line.kind for line in lines].count("gap") == 1


def test_what_a_terminal_hides_is_made_visible():
    text = "".join(line.text for line in compare("", "a\u202eb").lines)

    assert "\u202e" not in text
