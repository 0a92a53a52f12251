"""The stored blocks of a text → what is searched: prose, code, and code amid prose. Pure."""

import html
import re
from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

PRE = re.compile(r"<pre\b[^>]*>(.*?)</pre>", re.DOTALL)
INLINE_CODE = re.compile(r"<code>(.*?)</code>", re.DOTALL)
LEFT_OUT = re.compile(r"<math\b.*?</math>|<!--.*?-->", re.DOTALL)
# Marks within a line must not part words: Chinese has no blanks to tell.
INLINE = re.compile(r"</?(?:code|em|strong|a|span|b|i|sub|sup)\b[^>]*>")
ANY_TAG = re.compile(r"<[^>]*>")
IDENTIFIER = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)
MOST_IDENTIFIERS = 400


class Text(NamedTuple):
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
            text = _unescaped(inner)
        else:
            if "<pre" in text:
                code += (_plain(match) for match in PRE.findall(text))
                text = PRE.sub(" ", text)
            if "<code" in text:
                inline += (_plain(match) for match in INLINE_CODE.findall(text))
            if "<math" in text or "<!--" in text:
                text = LEFT_OUT.sub(" ", text)
            text = _plain(text)
        if line := _in_one_line(text):
            prose.append(line)
    return Text(prose="\n".join(prose), code="\n".join(code), inline=tuple(inline))


def _plain(text: str) -> str:
    return _unescaped(ANY_TAG.sub(" ", INLINE.sub("", text)))


def _unescaped(text: str) -> str:
    # These are nearly all there are, and faster so.
    if "&" in text:
        text = text.replace("&#x27;", "'").replace("&quot;", '"')
        text = text.replace("&lt;", "<").replace("&gt;", ">")
    return html.unescape(text)


def _in_one_line(text: str) -> str:
    # No blank but the usual one is printable, so that most texts need no taking apart.
    if text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(text.split())


def identifiers_of(code: str) -> set[str]:
    """Return the names in lower case, dotted ones also without their first parts."""
    found = set(IDENTIFIER.findall(code.lower()))
    for name in [one for one in found if "." in one]:
        rest = name
        while "." in rest:
            rest = rest.partition(".")[2]
            found.add(rest)
    return found if len(found) <= MOST_IDENTIFIERS else set(islice(found, MOST_IDENTIFIERS))
