"""PNG pictures written anew: only what a picture needs, each part checked.

A figure comes from the user's own process and may be anything. What passes
here is a PNG of bounded size whose pixels are really there; every other chunk
(text, profiles, trailing data) is left behind. Source: the PNG specification,
third edition.
"""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PIXELS_AT_MOST = 4096 * 4096
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")


class NotAPicture(ValueError):
    """The bytes are no PNG that may be shown."""


def rewrite(data: bytes) -> tuple[bytes, int, int]:
    """Return the picture written anew, with its width and height in pixels."""
    if not data.startswith(SIGNATURE):
        raise NotAPicture("no PNG signature")
    chunks = _chunks(data)
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13:
        raise NotAPicture("no header")
    width, height, depth, colour, compression, method, interlace = struct.unpack(
        ">IIBBBBB", chunks[0][1]
    )
    if not 0 < width * height <= PIXELS_AT_MOST:
        raise NotAPicture(f"{width} × {height} pixels")
    if colour not in _CHANNELS or depth not in (1, 2, 4, 8, 16) or compression or method:
        raise NotAPicture("an encoding that PNG does not have")
    if interlace:
        raise NotAPicture("interlaced")
    row_bytes = 1 + (width * depth * _CHANNELS[colour] + 7) // 8
    pixels = _inflate(
        b"".join(body for kind, body in chunks if kind == b"IDAT"), row_bytes * height
    )
    kept = [
        (kind, body) for kind, body in chunks if kind in _KEPT and kind not in (b"IDAT", b"IEND")
    ]
    kept += [(b"IDAT", zlib.compress(pixels, 4)), (b"IEND", b"")]
    return SIGNATURE + b"".join(_chunk(kind, body) for kind, body in kept), width, height


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found = []
    position = len(SIGNATURE)
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        body = data[position + 8 : position + 8 + length]
        (checksum,) = struct.unpack_from(
            ">I", data.ljust(position + 12 + length, b"\0"), position + 8 + length
        )
        if len(body) != length or zlib.crc32(kind + body) != checksum:
            raise NotAPicture("a damaged chunk")
        found.append((kind, body))
        position += 12 + length
        if kind == b"IEND":
            break
    return found


def _inflate(packed: bytes, size: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        pixels = inflater.decompress(packed, size)
    except zlib.error as error:
        raise NotAPicture(f"pixels that do not unpack: {error}") from error
    if len(pixels) != size:
        raise NotAPicture("fewer pixels than the header says")
    return pixels


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
