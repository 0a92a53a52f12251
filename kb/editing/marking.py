"""Marking the glossary's terms in a rendered text, each with its approved translation. Pure."""

import html
import re
from collections.abc import Mapping
from html.parser import HTMLParser

from kb.editing.terms import find_terms
from kb.models import Language
from kb.storing.steps import OTHER

MARK = re.compile(r"<mark [^>]*>|</mark>")
NOT_PROSE = {"pre", "code", "math"}


def mark_terms(text: str, *, language: Language, doubts: Mapping[str, str]) -> str:
    """Return the cleaned HTML with its terms marked.

    `doubts` has by approved name what is wrong with it in the other text.
    """
    marker = _Marker(language, doubts)
    marker.feed(text)
    marker.close()
    marked = "".join(marker.parts)
    # What cannot be written again exactly as it was is better left alone.
    return marked if MARK.sub("", marked) == text else text


class _Marker(HTMLParser):
    """Writes what it reads, with marks put in between."""

    def __init__(self, language: Language, doubts: Mapping[str, str]) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._language = language
        self._doubts = doubts
        self._depth = 0  # of elements that hold no prose

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._depth += tag in NOT_PROSE
        self.parts.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag in NOT_PROSE
        self.parts.append(f"</{tag}>")

    def handle_entityref(self, name: str) -> None:
        self.parts.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.parts.append(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.parts.append(f"<!--{data}-->")

    def handle_data(self, data: str) -> None:
        self.parts.append(data if self._depth else self._marked(data))

    def _marked(self, text: str) -> str:
        other = OTHER[self._language]
        parts: list[str] = []
        at = 0
        for found in sorted(find_terms(text, self._language)):
            if found.start < at:
                continue
            names = found.entry.zh if other is Language.ZH else found.entry.en
            doubt = self._doubts.get(names[0], "")
            title = html.escape(f"→ {names[0]}" + (f" ({doubt})" if doubt else ""))
            kind = "term doubt" if doubt else "term"
            parts.append(
                f'{text[at : found.start]}<mark class="{kind}" title="{title}">'
                f"{text[found.start : found.end]}</mark>"
            )
            at = found.end
        return "".join([*parts, text[at:]])
