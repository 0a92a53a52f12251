"""From a file to numbered lines; what is not clean UTF-8 text is refused."""

import dataclasses
import errno
import re
from pathlib import Path

from kb.archive.errors import ArchiveError

MAX_BYTES = 8 * 1024 * 1024
BOM = b"\xef\xbb\xbf"
# C0 without tab and line feed, delete, C1, and the two code points that are no characters.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")


@dataclasses.dataclass(frozen=True)
class Line:
    """A line of the file; `number` counts from 1."""

    number: int
    text: str

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip(" "))


def read_file(path: Path) -> bytes:
    """Return the file's bytes. OSError where it cannot be read, ArchiveError where too large."""
    if path.exists() and not path.is_file():
        what = "a directory" if path.is_dir() else "not a regular file"
        raise OSError(errno.EINVAL, f"{what}; name the page's text file")
    size_bytes = path.stat().st_size
    if size_bytes > MAX_BYTES:
        raise ArchiveError(
            f"the file has {size_bytes:,} bytes, more than any tag page ({MAX_BYTES:,}); "
            "split it by articles",
            line=1,
        )
    return path.read_bytes()


def read_lines(data: bytes) -> tuple[Line, ...]:
    """Return the lines of UTF-8 text, with or without byte-order mark, LF or CRLF."""
    body = data.removeprefix(BOM)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8(error, offset_bytes=len(data) - len(body)) from error
    lines = tuple(
        Line(number, text.removesuffix("\r"))
        for number, text in enumerate(text.split("\n"), start=1)
    )
    if all(line.is_blank for line in lines):
        raise ArchiveError("the file is empty", line=1)
    for line in lines:
        if control := CONTROL.search(line.text):
            raise ArchiveError(
                f"control character U+{ord(control[0]):04X} at character {control.start() + 1}; "
                "a text file has none, so the file is damaged",
                line=line.number,
            )
    return lines


def _not_utf8(error: UnicodeDecodeError, *, offset_bytes: int) -> ArchiveError:
    data: bytes = error.object
    line = data.count(b"\n", 0, error.start) + 1
    at = f"byte {error.start + offset_bytes:,} of the file"
    if error.reason == "unexpected end of data":
        message = f"the file is cut off in the middle of a character ({at})"
    else:
        message = f"not UTF-8 at {at} ({error.reason}); save the file as UTF-8"
    return ArchiveError(message, line=line)
