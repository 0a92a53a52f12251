"""A line of the author's prose as Markdown that shows exactly that line, and back again."""

import re

from kb.archive.identifiers import URL, Mark, find_spans
from kb.archive.python_lines import is_damaged_statement

ENTITY = re.compile(r"&(?=#?\w+;)")
SPECIAL = re.compile(r"[\\`*\[]")
UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)")
# At the start of a line these would begin a list, a heading, a quote, a rule or a table.
NUMBER = re.compile(r"^(\d+)([.)])(?=\s|$)")
MARK = re.compile(r"^(?:[#>]|[+-](?=\s|$)|[=-]+\s*$|[:|-][\s|:-]*$|~{3})")
# The end of a table's row takes the backslashes before it along, and leaves an empty cell.
BORDER = re.compile(r"(?<=\\\\)\|$")
ESCAPABLE = "#>+-"

CODE_SPAN = r"(?P<ticks>`+)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
READ = re.compile(
    rf"{CODE_SPAN}|<(?P<url>{URL})>|&\#(?P<number>\d+);|&(?P<entity>lt|amp);"
    r"|\\(?P<escaped>[!-/:-@\[-`{-~])|(?P<other>.)"
)
ENTITIES = {"lt": "<", "amp": "&"}


def to_markdown(text: str) -> str:
    """Return Markdown that renders as the line: code and addresses marked, the rest escaped."""
    text = text.strip()
    if is_damaged_statement(text):
        return code_span(text)
    parts: list[str] = []
    at = 0
    for start, end, mark in find_spans(text):
        found = text[start:end]
        parts += [
            _escape(text[at:start]),
            _address(found) if mark is Mark.URL else code_span(found),
        ]
        at = end
    parts.append(_escape(text[at:]))
    return _escape_start("".join(parts))


def to_text(markdown: str) -> str:
    """Return the line that `to_markdown` was given."""
    return "".join(_read(match) for match in READ.finditer(markdown))


def code_span(text: str) -> str:
    """Return `text` as inline code, whatever backticks it holds."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    marks = "`" * (longest + 1)
    pad = " " if longest else ""
    return f"{marks}{pad}{text}{pad}{marks}"


def _address(url: str) -> str:
    # What looks like an entity would be read as one even in an address.
    return _escape(url) if ENTITY.search(url) else f"<{url}>"


def _read(match: re.Match[str]) -> str:
    if code := match["code"]:
        return str(code)[1:-1] if "`" in code else str(code)
    if match["number"]:
        return chr(int(match["number"]))
    if match["entity"]:
        return ENTITIES[match["entity"]]
    return str(match["url"] or match["escaped"] or match["other"])


def _escape(text: str) -> str:
    text = ENTITY.sub("&amp;", text)
    text = SPECIAL.sub(lambda match: "\\" + match[0], text)
    text = UNDERSCORE.sub(r"\\_", text)
    # A dollar would begin a formula, and Markdown has no escape for it.
    return text.replace("<", "&lt;").replace("$", "&#36;")


def _escape_start(markdown: str) -> str:
    markdown = BORDER.sub("&#124;", NUMBER.sub(r"\1\\\2", markdown))
    if not (mark := MARK.match(markdown)):
        return markdown
    first = mark[0][0]
    return (f"\\{first}" if first in ESCAPABLE else f"&#{ord(first)};") + markdown[1:]
