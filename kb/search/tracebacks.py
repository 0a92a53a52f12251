"""A pasted traceback → the words that find its error. Line breaks may have been lost. Pure."""

import re

MARK = re.compile(
    r"Traceback \(most recent call last\)|^\s*File \"[^\"]+\", line \d+", re.MULTILINE
)
ERROR = re.compile(
    r"(?<![\w.])((?:[A-Za-z_]\w*\.)*[A-Z]\w*"
    r"(?:Error|Exception|Warning|Interrupt|Exit|Iteration)): ?"
)
FRAME = re.compile(r'File "[^"]*", line \d+, in \S+')
# What differs from one machine and run to the next.
NOISE = re.compile(
    r"0x[0-9a-fA-F]+|(?:[A-Za-z]:)?(?:[/\\][\w.~-]+){2,}|<[^<>]{1,80}>|\b\d+(?:\.\d+)*\b"
    r"|https?://\S+|[\[\](){}'\"`,;:=*^|]+"
)
LONGEST_MESSAGE = 400
MOST_WORDS = 28


def is_traceback(text: str) -> bool:
    return bool(MARK.search(text) and ERROR.search(text))


def read_traceback(text: str) -> str:
    """Return the last error's name and the telling words of its message."""
    last = None
    for last in ERROR.finditer(text):  # noqa: B007 - the last one is wanted
        pass
    if last is None:
        return text
    message = text[last.end() : last.end() + LONGEST_MESSAGE]
    message = FRAME.sub(" ", message)
    words = NOISE.sub(" ", message).split()
    name = last[1].rpartition(".")[2]
    return " ".join([name, *dict.fromkeys(words)][:MOST_WORDS])
