"""The stored blocks of a text → what is searched: prose, code, and code amid prose. Pure."""

import dataclasses
import html
import re
from collections.abc import Sequence
from typing import Any

PRE = re.compile(r"<pre\b[^>]*>(.*?)</pre>", re.DOTALL)
INLINE_CODE = re.compile(r"<code>(.*?)</code>", re.DOTALL)
LEFT_OUT = re.compile(r"<math\b.*?</math>|<!--.*?-->", re.DOTALL)
# Marks within a line must not part words: Chinese has no blanks to tell.
INLINE = re.compile(r"</?(?:code|em|strong|a|span|b|i|sub|sup)\b[^>]*>")
ANY_TAG = re.compile(r"<[^>]*>")
IDENTIFIER = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)
MOST_IDENTIFIERS = 400


@dataclasses.dataclass(frozen=True, kw_only=True)
class Text:
    prose: str
    code: str
    inline: tuple[str, ...]


def read_blocks(blocks: Sequence[dict[str, Any]]) -> Text:
    """Return what the blocks say, without the code of runnable snippets."""
    prose: list[str] = []
    code: list[str] = []
    inline: list[str] = []
    for block in blocks:
        text = block.get("html", "")
        if "<pre" in text:
            code += (_plain(match) for match in PRE.findall(text))
            text = PRE.sub(" ", text)
        if "<code" in text:
            inline += (_plain(match) for match in INLINE_CODE.findall(text))
        if "<math" in text or "<!--" in text:
            text = LEFT_OUT.sub(" ", text)
        if plain := " ".join(_plain(text).split()):
            prose.append(plain)
    return Text(prose="\n".join(prose), code="\n".join(code), inline=tuple(inline))


def _plain(text: str) -> str:
    return html.unescape(ANY_TAG.sub(" ", INLINE.sub("", text)))


def identifiers_of(code: str) -> set[str]:
    """Return the names in lower case, dotted ones also without their first parts."""
    found: set[str] = set()
    for name in set(IDENTIFIER.findall(code)):
        lower = name.lower()
        found.add(lower)
        while "." in lower:
            lower = lower.partition(".")[2]
            found.add(lower)
        if len(found) >= MOST_IDENTIFIERS:
            break
    return found
