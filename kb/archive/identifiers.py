"""What in a line of prose is code or an address beyond doubt; the rendering lost the marks."""

import re
from enum import Enum, auto

URL = r"https?://[A-Za-z0-9][A-Za-z0-9._~:/?#@!&'*+,;=%-]*"  # no dollar, which begins a formula
URL_END = ".,;:!?'"

WORD = r"[A-Za-z_][A-Za-z0-9_]*"
LIBRARIES = r"torch|tf|tensorflow|keras|np|numpy|pd|plt|nn|optim|sklearn"
LEAF = r"\([ !-'*-~]*\)"
# Brackets three deep, as in f(g(h())), without anything but ASCII inside.
BRACKETS = rf"\((?:[ !-'*-~]|\((?:[ !-'*-~]|{LEAF})*\))*\)"
CALL = rf"(?:{WORD} = )?{WORD}(?:\.{WORD})+{BRACKETS}"
IN_LIBRARY = rf"(?:{LIBRARIES})(?:\.{WORD})+"
SNAKE = r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+(?:\(\))?"
KEYWORD = rf"{WORD}(?===?(?:True|False|None|\d))"
VALUE = r"==?(?:True|False|None|\d+(?:\.\d+)?|[a-z]+(?:_[a-z]+)+)"
# Calls may stand without a space between them, because the rendering lost it.
IDENTIFIER = (
    rf"(?<![A-Za-z0-9_./@\\~$-])(?:{CALL})*(?:{CALL}|(?:{IN_LIBRARY}|{SNAKE}|{KEYWORD})(?:{VALUE})?)"
    r"(?![A-Za-z0-9_/@$]|\.[A-Za-z0-9_])"
)
# A command that a table's cell or a line of text holds, up to the next one.
COMMAND = (
    r"(?:(?<=\s)|^)(?:pip3?\s+install|conda\s+install|docker\s+run|apt-get\s+install|git\s+clone)"
    r"(?:\s+(?!(?:pip3?|conda|docker|apt-get|git)\s)[!-~]+)+"
)
FOUND = re.compile(rf"(?P<url>{URL})|(?P<command>{COMMAND})|(?P<identifier>{IDENTIFIER})")


# "return_sequencesFalse": a space was lost between a name and a word of the sentence.
GLUED = re.compile(r"[a-z0-9](?:True|False|None)$")


class Mark(Enum):
    URL = auto()
    COMMAND = auto()
    IDENTIFIER = auto()


Span = tuple[int, int, Mark]


def find_spans(text: str) -> list[Span]:
    """Return what is to be marked, as (start, end, mark), in order and apart."""
    spans: list[Span] = []
    for match in FOUND.finditer(text):
        start, end = match.span()
        if match["url"]:
            end = start + len(match["url"].rstrip(URL_END))
        if match["identifier"] and GLUED.search(match[0]) and "=" not in match[0]:
            continue
        spans.append((start, end, Mark[str(match.lastgroup).upper()]))
    return spans


def has_command(text: str) -> bool:
    """Say whether a line of text holds a command for a shell."""
    return re.search(COMMAND, text) is not None
