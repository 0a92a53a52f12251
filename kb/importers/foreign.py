"""Markdown as others write it → ours: no HTML, no indented code, no pictures from afar. Pure."""

import re
from collections.abc import Callable

from kb.errors import AuthoringError
from kb.importers.classifying import fence, info_of
from kb.importers.text import tidy
from kb.markdown.markup import INLINE_MATH
from kb.markdown.mathml import to_mathml

OPENING = re.compile(r"^(?P<prefix>(?:[ ]|>|(?:[-*+]|\d{1,9}[.)])[ ]+)*)(?P<marks>`{3,}|~{3,})"
                     r"(?P<info>[^`]*)$")  # fmt: skip
IMAGE = re.compile(r"!\[([^\]]*)\]\(\s*<?([^)\s>]+)>?(?:\s+[\"'(][^)]*)?\)")
HTML_IMAGE = re.compile(r"<img\b[^>]*>", re.I)
ATTRIBUTE = re.compile(r"(src|alt)\s*=\s*[\"']([^\"']*)", re.I)
COMMENT = re.compile(r"<!--(?!\s*answer).*?-->", re.S)
TAGS = re.compile(
    r"</?(?:a|abbr|b|big|br|center|cite|dd|del|details|div|dl|dt|em|figure|figcaption|font|h[1-6]"
    r"|hr|i|iframe|ins|kbd|li|mark|ol|p|q|s|script|small|span|strong|style|sub|summary|sup|table"
    r"|tbody|td|th|thead|tr|u|ul|video)\b[^>]*>",
    re.I,
)
SCRIPT = re.compile(r"<(script|style|iframe)\b.*?(?:</\1\s*>|\Z)", re.I | re.S)
FORMULA = re.compile(INLINE_MATH)
SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.S)
KEPT = re.compile("\ue300(\\d+)\ue301")
DISPLAY = re.compile(r"^(?:[ ]|>|(?:[-*+]|\d{1,9}[.)])[ ]+)*\$\$")
# Marks of the book tools whose sources are such Markdown.
LABEL = re.compile(r"^:(?:label|width|height):`[^`]*`\s*$")
REFERENCE = re.compile(r":(?:numref|eqref|ref|cite|citet):`([^`]*)`")
SHOWN = re.compile(r"\[\*\*(.+?)\*\*\]", re.S)
HIDDEN = re.compile(r"\(~~(.+?)~~\)", re.S)
BEGIN_TAB = re.compile(r"^:begin_tab:`([^`]*)`\s*$")
END_TAB = re.compile(r"^:end_tab:\s*$")
TAB = re.compile(r"^\s*#\s?@tab[ ]+(.+?)\s*\n")
RUNTIMES = {"pytorch": "torch-2.13", "tensorflow": "tf-2.21"}


def to_ours(text: str, *, picture: Callable[[str], str] = lambda _: "") -> str:
    """Return the text in our dialect; Python in fences runs. `picture` as in kb.importers.html."""
    written: list[str] = []
    prose: list[str] = []
    lines = tidy(text).expandtabs(4).split("\n")
    at = 0
    while at < len(lines):
        opening = OPENING.match(lines[at])
        if opening is None:
            prose.append(lines[at])
            at += 1
            continue
        written += _prose(prose, picture)
        prose = []
        code, at = _fenced(lines, at, opening)
        prefix = opening["prefix"]
        after = re.sub(r"(?:[-*+]|\d{1,9}[.)])(?=[ ])", lambda mark: " " * len(mark[0]), prefix)
        block = _block("\n".join(code), opening["info"].strip())
        written += [prefix + block[0], *(after + line if line else "" for line in block[1:])]
    return "\n".join([*written, *_prose(prose, picture)]).strip("\n")


def _fenced(lines: list[str], at: int, opening: re.Match[str]) -> tuple[list[str], int]:
    """Return the code and the line after it; one that is never closed ends with the text."""
    marks, width = opening["marks"], len(opening["prefix"])
    closing = re.compile(rf"^\s*>?\s*{re.escape(marks[0])}{{{len(marks)},}}\s*$")
    code: list[str] = []
    for number in range(at + 1, len(lines)):
        if closing.match(lines[number]):
            return code, number + 1
        line = lines[number]
        own = len(line) - len(line.lstrip(" >"))
        code.append(line[min(own, width) :])
    return code, len(lines)


def _block(code: str, info: str) -> list[str]:
    words = info.strip("{}").split()
    language = words[0].lstrip(".").lower() if words and "=" not in words[0] else ""
    name = info_of(code, language)
    if found := TAB.match(code + "\n"):
        code = (code + "\n")[found.end() :].rstrip("\n")
        tabs = [tab.strip() for tab in found[1].split(",")]
        known = [RUNTIMES[tab] for tab in tabs if tab in RUNTIMES]
        if name == "python run" and tabs != ["all"]:
            name = f"python run runtime={','.join(known)}" if known else "python"
    if name.startswith("python run") and not code.strip():
        name = "python"
    return fence(code, name)


def _prose(lines: list[str], picture: Callable[[str], str]) -> list[str]:
    if not lines:
        return []
    text = "\n".join(_with_fences(_without_marks(lines)))
    spans: list[str] = []

    def keep(found: re.Match[str]) -> str:
        spans.append(found[0])
        return f"\ue300{len(spans) - 1}\ue301"

    # What stands in inline code means nothing.
    text = SPAN.sub(keep, REFERENCE.sub(r"`\1`", text.replace("\ue300", "")))
    text = SCRIPT.sub("", COMMENT.sub("", text))
    text = HTML_IMAGE.sub(lambda found: _markdown_image(found[0]), text)
    text = IMAGE.sub(lambda found: _image(found[1], found[2], picture), text)
    text = TAGS.sub(lambda found: "  \n" if found[0][:3].lower() == "<br" else "", text)
    text = SHOWN.sub(r"**\1**", HIDDEN.sub(r"\1", text))
    text = _with_formulas(text)
    return KEPT.sub(lambda found: spans[int(found[1])], text).split("\n")


def _without_marks(lines: list[str]) -> list[str]:
    kept: list[str] = []
    for line in lines:
        if LABEL.match(line) or END_TAB.match(line):
            continue
        if tab := BEGIN_TAB.match(line):
            kept += [f"**{tab[1]}:**", ""]
            continue
        kept.append(line)
    return kept


def _with_fences(lines: list[str]) -> list[str]:
    """Put code that is marked by four spaces into fences; inside a list it is the item's text."""
    written: list[str] = []
    in_list = False
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.strip() and not line.startswith(" "):
            in_list = bool(re.match(r"(?:[-*+]|\d{1,9}[.)]) ", line))
        is_code = line.startswith("    ") and line.strip() and not in_list
        if is_code and (not written or not written[-1].strip()):
            end = at
            while end < len(lines) and (lines[end].startswith("    ") or not lines[end].strip()):
                end += 1
            code = "\n".join(one[4:] for one in lines[at:end]).strip("\n")
            written += [*fence(code, info_of(code)), ""]
            at = end
            continue
        written.append(line)
        at += 1
    return written


def _markdown_image(tag: str) -> str:
    found = {name.lower(): value for name, value in ATTRIBUTE.findall(tag)}
    source = re.sub(r"[\s()<>]", lambda one: f"%{ord(one[0]):02X}", found.get("src", ""))
    return f"![{found.get('alt', '')}]({source})" if source else found.get("alt", "")


def _image(alt: str, source: str, picture: Callable[[str], str]) -> str:
    if re.fullmatch(r"picture:[0-9a-f]{64}", source):
        return f"![{alt}]({source})"
    if here := picture(source):
        return f"![{alt}]({here})"
    words = alt.strip() or source.rpartition("/")[2][:80] or "picture"
    return f"[{words}]({source})" if source.startswith(("http://", "https://")) else words


def _with_formulas(text: str) -> str:
    """Escape the dollar signs of what is no formula, so that the text renders."""
    lines = text.split("\n")
    parts: list[str] = []
    at = start = 0
    while at < len(lines):
        if not DISPLAY.match(lines[at]):
            at += 1
            continue
        end = _end_of_display(lines, at)
        inside = "\n".join(lines[at : end + 1]).strip(" >\n")
        if end == len(lines) or not _is_formula(inside.removeprefix("$$").removesuffix("$$")):
            lines[at] = lines[at].replace("$$", r"\$\$")
            at += 1
            continue
        parts += [_inline_formulas("\n".join(lines[start:at])), *lines[at : end + 1]]
        at = start = end + 1
    return "\n".join([*parts, _inline_formulas("\n".join(lines[start:]))])


def _end_of_display(lines: list[str], at: int) -> int:
    first = lines[at].lstrip(" >").removeprefix("$$")
    if first.rstrip().endswith("$$"):
        return at
    for number in range(at + 1, len(lines)):
        if lines[number].rstrip().endswith("$$"):
            return number
    return len(lines)


def _inline_formulas(text: str) -> str:
    return FORMULA.sub(
        lambda found: found[0] if _is_formula(found[1]) else found[0].replace("$", r"\$"), text
    )


def _is_formula(tex: str) -> bool:
    try:
        to_mathml(tex.strip(), display=False)
    except AuthoringError:
        return False
    return True
