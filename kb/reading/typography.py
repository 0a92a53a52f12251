"""Where a long title may break: between words, also in Chinese. Pure."""

import re
from functools import lru_cache

import rjieba
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

HAN = re.compile(r"[\u3400-\u9fff]")


@lru_cache(maxsize=2048)
def with_word_borders(title: str) -> SafeString:
    """Return the title as HTML with `<wbr>` between Chinese words.

    Never beside punctuation: what may not begin a line must stay with the word before it.
    """
    if not HAN.search(title):
        return mark_safe(escape(title))  # noqa: S308 - just escaped
    parts: list[str] = []
    for word in rjieba.cut(title):
        # Only between two Chinese words: beside Latin a border would undo `text-autospace`.
        is_border = bool(parts) and HAN.match(parts[-1][-1:]) and HAN.match(word)
        parts.append(f"\0{word}" if is_border else word)
    return mark_safe(escape("".join(parts)).replace("\0", "<wbr>"))  # noqa: S308 - escaped before
