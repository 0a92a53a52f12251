"""Following strings, comments and brackets over lines of Python, also where it does not parse."""

import re

from kb.archive.paragraphs import CHINESE

OPENING, CLOSING = "([{", ")]}"
# The blog's typography: a line it went through is no longer code.
TYPOGRAPHIC_QUOTES = re.compile("[“”‘’]")
TOKEN = re.compile(
    r"""(?P<triple>\"{3}|'{3})
      | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<comment>\#.*)
      | (?P<other>.)""",
    re.VERBOSE,
)


class Scanner:
    """What of each line is code, given the lines before it."""

    def __init__(self) -> None:
        self.depth = 0  # of brackets
        self.quote = ""  # of the string that goes on over lines

    @property
    def is_open(self) -> bool:
        return self.depth > 0 or bool(self.quote)

    def bare(self, line: str) -> str:
        """Return the line without comments and the inside of strings."""
        kept: list[str] = []
        at = 0
        while at < len(line):
            if self.quote:
                end = line.find(self.quote, at)
                if end < 0:
                    break
                at, self.quote = end + 3, ""
                continue
            token = TOKEN.match(line, at)
            assert token is not None
            at = token.end()
            kept.append(self._take(token))
        return "".join(kept)

    def _take(self, token: re.Match[str]) -> str:
        text = token[0]
        if token["triple"]:
            self.quote = text
            return '""'
        if token["string"]:
            return '""'
        if token["comment"]:
            return ""
        if text in OPENING:
            self.depth += 1
        elif text in CLOSING:
            self.depth = max(0, self.depth - 1)
        return text


def is_prose(bare: str) -> bool:
    """Say whether a line without its strings and comments holds what only prose holds."""
    return bool(CHINESE.search(bare) or TYPOGRAPHIC_QUOTES.search(bare))
