"""Pictures are written anew, and only pictures."""

import struct
import zlib

import pytest

from sandbox.png import NotAPicture, rewrite


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def picture(*, width=2, height=2, pixels=None, extra=b"", colour=2, depth=8) -> bytes:
    pixels = bytes((1 + 3 * width) * height) if pixels is None else pixels
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + extra
        + chunk(b"IDAT", zlib.compress(pixels))
        + chunk(b"IEND", b"")
    )


def test_a_picture_keeps_its_pixels_and_size():
    data, width, height = rewrite(picture())

    assert (width, height) == (2, 2)
    assert rewrite(data)[0] == data


def test_text_and_what_follows_the_end_are_left_behind():
    data, _, _ = rewrite(picture(extra=chunk(b"tEXt", b"secret")) + b"<script>")

    assert b"secret" not in data
    assert b"<script>" not in data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        picture()[:20],
        picture()[:-20],
        picture().replace(b"IDAT", b"JDAT"),
        picture(pixels=b""),
        picture(width=10**6, height=10**6, pixels=b""),
        picture(width=0),
        picture(colour=5),
        picture(depth=7),
        picture(pixels=bytes(3)),
        picture()[:60] + b"\0" + picture()[61:],
    ],
    ids=range(12),
)
def test_anything_else_is_refused(data):
    with pytest.raises(NotAPicture):
        rewrite(data)
