"""Tracebacks in what a run wrote to standard error, cut into pieces to colour. Pure."""

import dataclasses

from pygments.lexers import PythonTracebackLexer
from pygments.token import STANDARD_TYPES

MARK = "Traceback (most recent call last):"
SYNTAX_MARK = '  File "'
CHARACTERS_AT_MOST = 20_000
"""Longer text is more likely a log than a traceback, and stays plain."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Span:
    """A piece of text and Pygments' class for it; an empty class is plain text."""

    kind: str
    text: str


def spans(text: str) -> tuple[Span, ...]:
    """Return the pieces of `text`, together the whole of it; none where no traceback is in it."""
    has_mark = MARK in text or text.startswith(SYNTAX_MARK)
    if not has_mark or len(text) > CHARACTERS_AT_MOST:
        return ()
    found: list[Span] = []
    for token, value in PythonTracebackLexer(stripnl=False, ensurenl=False).get_tokens(text):
        kind = STANDARD_TYPES.get(token, "")
        if found and found[-1].kind == kind:
            found[-1] = Span(kind=kind, text=found[-1].text + value)
        elif value:
            found.append(Span(kind=kind, text=value))
    return tuple(found)
