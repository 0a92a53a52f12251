"""Pictures among the given files: read by their bytes, never fetched from anywhere."""

import base64
import binascii
import hashlib
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kb.storing.drafts import PictureDraft

MOST_BYTES = 10 * 1024 * 1024
# By their first bytes; SVG is left out, because it can hold scripts.
SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}


def media_type(data: bytes) -> str:
    """Return what picture the bytes are, or nothing."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in SIGNATURES.items() if data.startswith(start)), "")


class Pictures:
    """The pictures of one article, found beside its file."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder.resolve() if folder else None
        self._found: dict[str, PictureDraft] = {}

    @property
    def drafts(self) -> tuple[PictureDraft, ...]:
        return tuple(self._found.values())

    def address(self, source: str) -> str:
        """Return the address here of a picture's address there; nothing where it is not given."""
        if source.startswith("data:"):
            return self._keep(_data_url(source))
        if self._folder is None:
            return ""
        parts = urlsplit(source)
        if parts.scheme not in {"", "file"} or not parts.path:
            return ""
        path = (self._folder / unquote(parts.path).lstrip("/")).resolve()
        # A link or `..` may lead anywhere on this machine.
        if not path.is_relative_to(self._folder) or not path.is_file():
            return ""
        return self._keep(path.read_bytes() if path.stat().st_size <= MOST_BYTES else b"")

    def encoded(self, text: str) -> str:
        """Return the address here of a picture in base64."""
        try:
            return self._keep(base64.b64decode("".join(text.split()), validate=True))
        except (binascii.Error, ValueError):
            return ""

    def _keep(self, data: bytes) -> str:
        kind = media_type(data)
        if not kind or len(data) > MOST_BYTES:
            return ""
        digest = hashlib.sha256(data).hexdigest()
        self._found[digest] = PictureDraft(digest=digest, media_type=kind, data=data)
        return f"picture:{digest}"


def _data_url(source: str) -> bytes:
    head, _, body = source.partition(",")
    if not head.endswith(";base64"):
        return b""
    try:
        return base64.b64decode(unquote(body), validate=True)
    except (binascii.Error, ValueError):
        return b""
