"""The table of contents of a long page, read off what the page shows. Pure."""

import dataclasses
import html
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.reading.pages import PostView

HEADING = re.compile(r'<h([2-6])[^>]*\bid="([^"]+)"[^>]*>(.*?)</h\1>', re.DOTALL)
MARKUP = re.compile(r"<[^>]+>")
FEWEST = 4
"""A page with fewer places to go is shorter than its table would be."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Entry:
    anchor: str
    text: str
    lang: str = ""
    is_below: bool = False  # of the post above it
    answer: "PostView | None" = None


def list_contents(views: Iterable["PostView"], *, wanted: str) -> list[Entry]:
    """Return the posts and headings of a page, nothing where they are few."""
    entries: list[Entry] = []
    for view in views:
        is_answer = view.post.role == "answer"
        if is_answer:
            entries.append(Entry(anchor=view.anchor, text=view.name, answer=view))
        is_right = bool(view.right_lang) and view.right_lang == wanted
        for row in view.rows:
            text = row.right if is_right and row.right is not None else row.left
            lang = view.right_lang if is_right and row.right is not None else view.lang
            entries += _headings(text, lang, is_below=is_answer)
    return entries if len(entries) >= FEWEST else []


def _headings(text: str, lang: str, *, is_below: bool) -> Sequence[Entry]:
    return [
        Entry(
            anchor=anchor,
            text=html.unescape(MARKUP.sub("", inner)).strip(),
            lang=lang,
            is_below=is_below,
        )
        for _, anchor, inner in HEADING.findall(text)
    ]
