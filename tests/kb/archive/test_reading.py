"""Bytes that are clean text become lines; others are refused with place and reason."""

from pathlib import Path

import pytest

from kb.archive.errors import ArchiveError
from kb.archive.reading import MAX_BYTES, read_file, read_lines


def test_lines_count_from_one() -> None:
    lines = read_lines("甲\n\n乙".encode())

    assert [(line.number, line.text) for line in lines] == [(1, "甲"), (2, ""), (3, "乙")]


def test_byte_order_mark_and_crlf_are_accepted() -> None:
    lines = read_lines(b"\xef\xbb\xbfone\r\ntwo\r\n")

    assert [line.text for line in lines] == ["one", "two", ""]


def test_only_line_feeds_end_a_line() -> None:
    assert len(read_lines("a\u2028b".encode())) == 1


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b" \t\r\n"])
def test_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(ArchiveError, match="line 1: the file is empty"):
        read_lines(data)


@pytest.mark.parametrize(
    ("character", "name"),
    [("\x00", "U+0000"), ("\x1b", "U+001B"), ("\x7f", "U+007F"), ("\x85", "U+0085"),
     ("\r", "U+000D"), ("\x0b", "U+000B"), ("\x02", "U+0002"), ("\uffff", "U+FFFF")],
)  # fmt: skip
def test_control_character_is_refused_with_its_place(character: str, name: str) -> None:
    with pytest.raises(ArchiveError) as caught:
        read_lines(f"标签归档:a\nab{character}c\n".encode())

    assert caught.value.line == 2
    assert f"{name} at character 3" in str(caught.value)


def test_other_encoding_is_refused_with_byte_and_line() -> None:
    with pytest.raises(ArchiveError) as caught:
        read_lines(b"one\ntwo \xb1\xea\xc7\xa9\n")

    assert caught.value.line == 2
    assert "byte 8 of the file" in str(caught.value)


def test_byte_is_counted_from_the_start_of_the_file_with_its_mark() -> None:
    with pytest.raises(ArchiveError, match="byte 4 of the file"):
        read_lines(b"\xef\xbb\xbfa\xff")


def test_file_cut_in_the_middle_of_a_character_says_so() -> None:
    with pytest.raises(ArchiveError, match=r"line 2: .*cut off in the middle of a character"):
        read_lines("一\n二".encode()[:-1])


def test_directory_and_missing_file_are_system_errors(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="a directory"):
        read_file(tmp_path)
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "none.txt")


def test_too_large_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)  # sparse

    with pytest.raises(ArchiveError, match="8,388,609 bytes"):
        read_file(path)
