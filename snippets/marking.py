"""Marking what stands in another language than its page, for those who hear it read."""

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

LATIN = re.compile(r"[!-~](?:[\t\n -~“”‘’…]*[!-~])?")
# Two words in a row; numbers, names and code alone are no language.
PROSE = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
HAN = re.compile("[\u3400-\u9fff][\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”‘’…、]*")


def mark(text: object) -> SafeString:
    """Return plain text as HTML: English is marked on Chinese pages, Chinese on English ones."""
    if (get_language() or "en").startswith("en"):
        found, language = HAN, "zh-Hans"
    else:
        found, language = LATIN, "en"
    parts, last = [], 0
    told = str(text)
    for match in found.finditer(told):
        if language == "en" and not PROSE.search(match[0]):
            continue
        parts += [escape(told[last : match.start()]), f'<span lang="{language}">',
                  escape(match[0]), "</span>"]  # fmt: skip
        last = match.end()
    return mark_safe("".join([*parts, escape(told[last:])]))  # noqa: S308 - each part is escaped
