"""Text from elsewhere without what no text of ours may hold. Pure."""

import html
import re

# C0 without tab and line feed, delete, C1, lone surrogates, and the code points that are none.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
TAG = re.compile(r"<[^>]*>")
TITLE_CHARACTERS = 300
NAME_CHARACTERS = 200


def tidy(text: str) -> str:
    """Return the text with line feeds only, and without control characters."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return CONTROL.sub("", unified)


def one_line(text: str, most: int = NAME_CHARACTERS) -> str:
    """Return the text on one line, at most `most` characters."""
    line = " ".join(tidy(text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def without_tags(markup: str) -> str:
    """Return the words of an HTML fragment."""
    return " ".join(html.unescape(TAG.sub(" ", markup)).split())


def first_words(text: str, most: int = 80) -> str:
    """Return a title made of how a text begins; nothing where it has no words."""
    words = re.sub(r"^[#>*`\s\d.-]+", "", " ".join(text.split()))
    return one_line(words.replace("`", "").replace("\\", ""), most)
