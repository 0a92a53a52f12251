"""The stored blocks of a text → what is searched: prose, code, and code amid prose. Pure."""

import dataclasses
import html
import re
from collections.abc import Sequence
from itertools import islice
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
        inner = text.removeprefix("<p>").removesuffix("</p>")
        if "<" not in inner:  # a paragraph of words alone, as most are
            text = html.unescape(inner)
        else:
            if "<pre" in text:
                code += (_plain(match) for match in PRE.findall(text))
                text = PRE.sub(" ", text)
            if "<code" in text:
                inline += (_plain(match) for match in INLINE_CODE.findall(text))
            if "<math" in text or "<!--" in text:
                text = LEFT_OUT.sub(" ", text)
            text = _plain(text)
        if words := text.split():
            prose.append(" ".join(words))
    return Text(prose="\n".join(prose), code="\n".join(code), inline=tuple(inline))


def _plain(text: str) -> str:
    return html.unescape(ANY_TAG.sub(" ", INLINE.sub("", text)))


def identifiers_of(code: str) -> set[str]:
    """Return the names in lower case, dotted ones also without their first parts."""
    found = set(map(str.lower, IDENTIFIER.findall(code)))
    for name in [one for one in found if "." in one]:
        rest = name
        while "." in rest:
            rest = rest.partition(".")[2]
            found.add(rest)
    return found if len(found) <= MOST_IDENTIFIERS else set(islice(found, MOST_IDENTIFIERS))
