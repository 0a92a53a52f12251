"""XML from strangers: in chunks, with no memory of what was read, and nothing declared in it.

A document type is refused where it starts: entities that swell or read files need one.
Characters that XML forbids become U+FFFD and are counted, because real dumps hold some.
"""

import codecs
import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from kb.importers.base import ImportRefused

CHUNK_BYTES = 256 * 1024
DECLARATION = re.compile(rb"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']""")
# Raw, and as references, which are ten characters at most.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]"
    r"|&#(?:x0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]|[dD][89a-fA-F][0-9a-fA-F]{2}|[fF]{3}[eEfF])"
    r"|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]));"
)
LONGEST_REFERENCE = 12
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclasses.dataclass(kw_only=True)
class Text:
    """A file's characters, in chunks; `replaced` counts those that XML forbids."""

    path: Path
    replaced: int = 0

    def __iter__(self) -> Iterator[str]:
        with self.path.open("rb") as file:
            chunk = file.read(CHUNK_BYTES)
            encoding = _encoding(chunk, self.path)
            decoder = codecs.getincrementaldecoder(encoding)()
            line = 1
            kept = ""
            while chunk:
                try:
                    text = kept + decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    at = line + chunk.count(b"\n", 0, error.start)
                    raise ImportRefused(
                        f"{self.path.name}, line {at}: not {encoding.upper()} ({error.reason}); "
                        "save the file in the encoding that it declares"
                    ) from error
                line += chunk.count(b"\n")
                chunk = file.read(CHUNK_BYTES)
                kept = ""
                if chunk and (start := text.rfind("&", -LONGEST_REFERENCE)) >= 0:
                    text, kept = text[:start], text[start:]
                yield self._allowed(text)
            yield self._allowed(kept)

    def _allowed(self, text: str) -> str:
        text, count = FORBIDDEN.subn("\N{REPLACEMENT CHARACTER}", text)
        self.replaced += count
        return text


def parse(path: Path, text: Text, handlers: dict[str, Any]) -> Iterator[None]:
    """Give the file to expat with these handlers; yields after every chunk.

    Raises ImportRefused with the line where it is not well-formed, or is cut off.
    """
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype(path, parser)
    for name, handler in handlers.items():
        setattr(parser, name, handler)
    try:
        is_first = True
        for chunk in text:
            if is_first:
                # Decoded already, so what the file declared is no longer so.
                chunk = re.sub(r"\A\s*<\?xml.*?\?>", "", chunk, count=1, flags=re.S)  # noqa: PLW2901
                is_first = False
            parser.Parse(chunk, False)
            yield
        parser.Parse("", True)
        yield
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        if what in {"no element found", "unclosed token", "unclosed CDATA section"}:
            what = f"the file is cut off here ({what}); get it again"
        raise ImportRefused(f"{path.name}, line {error.lineno}: {what}") from error


def _refuse_doctype(path: Path, parser: Any) -> Any:
    def refuse(*_: Any) -> None:
        raise ImportRefused(
            f"{path.name}, line {parser.CurrentLineNumber}: it declares a document type, which "
            "no export of this format has and which can harm; remove it if you trust the file"
        )

    return refuse


def _encoding(start: bytes, path: Path) -> str:
    for bom, name in BOMS.items():
        if start.startswith(bom):
            return name
    found = DECLARATION.match(start)
    name = found[1].decode("ascii") if found else "utf-8"
    try:
        codecs.lookup(name)
        b"<".decode(name)
    except (LookupError, UnicodeError) as error:
        raise ImportRefused(f"{path.name}, line 1: unknown encoding {name!r}") from error
    return name
