"""Telling lines for a shell from other lines."""

import re
from collections.abc import Sequence

from kb.archive.scanner import Scanner, is_prose

COMMANDS = (
    r"pip3?|conda|mamba|docker|brew|apt|apt-get|yum|dnf|git|cd|curl|wget|xhost|socat|flake8|pytest"
    r"|black|export|npm|yarn|mkdir|chmod|tar|unzip|cp|mv|ls|rm|bash|sh|cmake|uv|poetry|helm|kubectl"
)
# These are English words too: their first word must look like a file or an option.
WORDS = r"make|source|python3?|go|find|cat|echo|activate"
ENVIRONMENT = r"(?:[A-Z_][A-Z0-9_]*=(?:'[^']*'|\"[^\"]*\"|\S*)\s+)*"
PREFIX = rf"^\s*{ENVIRONMENT}(?:sudo\s+)?"
CERTAIN = re.compile(
    rf"""{PREFIX}(?:
        (?:{COMMANDS})\s+\S.*
      | (?:{WORDS})\s+(?:-\S+|\S*[./]\S*|activate\b).*
      | [\w./-]+\s+(?:\S+\s+)*?-{{1,2}}[A-Za-z][\w-]*(?:[\s=].*)?
      | [a-z][\w./-]*\s{{2,}}\#\s.*
    )$""",
    re.VERBOSE,
)
POSSIBLE = re.compile(rf"{PREFIX}(?:[a-z./~][\w./~+-]*)(?:\s+[^\s=(][^(]*)?$")
COMMENT = re.compile(r"^\s*#")


def are_shell(texts: Sequence[str]) -> bool:
    """Say whether a paragraph is for a shell: every line may be, and one certainly is."""
    is_certain = False
    for text in re.sub(r"\\\n\s*", "", "\n".join(texts)).split("\n"):
        if is_prose(Scanner().bare(text)):
            return False
        if CERTAIN.match(text) and not _is_sentence(text):
            is_certain = True
        elif not (COMMENT.match(text) or POSSIBLE.match(text)):
            return False
    return is_certain


def _is_sentence(text: str) -> bool:
    # "pytest . " ends a command with a dot; "git is a tool." has words before it.
    return bool(re.search(r"[a-z]{2}[.!?:]$", text.rstrip()))
