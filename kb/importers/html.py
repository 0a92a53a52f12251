"""HTML from elsewhere → our Markdown. Pure.

Code leaves the HTML first and comes back as fences last, so that no rule of HTML or Markdown
touches it. Every character of the text that would mean something in Markdown travels as a
private-use character through the converter and is escaped after it.
"""

import dataclasses
import html
import re
import secrets
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

# The public wrapper translates the options anew for each text: five times the conversion itself.
from html_to_markdown._html_to_markdown import ConversionOptions, convert

from kb.errors import AuthoringError
from kb.importers.classifying import fence, info_of, language_named
from kb.importers.text import TAG, tidy
from kb.markdown.fences import continuation
from kb.markdown.mathml import to_mathml

Picture = Callable[[str], str]
"""A picture's address in the page → its address here, or nothing where the file is not given."""

OPTIONS = ConversionOptions(
    bullets="-", extract_metadata=False, autolinks=False, skip_images=False, max_depth=100
)
DROPPED = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|iframe|object|embed|noscript|template|svg|form|button"
    r"|textarea|select|head|video|audio)\b.*?(?:</\1\s*>|\Z)|<(?:input|link|meta|base)\b[^>]*>",
    re.I | re.S,
)
PRE = re.compile(r"<pre\b(?P<attributes>[^>]*)>(?P<inside>.*?)(?:</pre\s*>|\Z)", re.I | re.S)
INNER_CODE = re.compile(r"\A\s*<code\b([^>]*)>", re.I)
BREAK = re.compile(r"<br\b[^>]*>", re.I)
SHORTCODE = re.compile(r"\[(python|py|bash|shell|code|sourcecode)\b([^\]]*)\](.*?)\[/\1\]", re.S)
TOKEN = re.compile(r"(<[A-Za-z/!?][^>]*>)")
CODE = re.compile(r"<code\b[^>]*>.*?</code\s*>", re.I | re.S)
IMAGE = re.compile(r"<img\b([^>]*)>", re.I)
LINK = re.compile(r"(<a\b[^>]*?\bhref\s*=\s*)(\"[^\"]*\"|'[^']*'|[^\s>]+)", re.I)
ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+)")
SCHEMES = {"http", "https", "mailto"}

# What means something in our Markdown, each as a private-use character.
SPECIAL = "$\\*_`[]<&~|"
SAFE = {char: chr(0xE100 + at) for at, char in enumerate(SPECIAL)}
RAW = {0xE100 + at: char for at, char in enumerate(SPECIAL)}
ESCAPED = {0xE100 + at: "\\" + char for at, char in enumerate(SPECIAL)}
PRIVATE = re.compile("[\ue100-\ue10a\ue200-\ue202]")
DOLLAR = SAFE["$"]
RISKY = re.compile(r"[$\\*_`\[\]<&~|>]")
INSIDE_WORD = re.compile(r"(?<=\w)_(?=\w)")
HARMLESS_AMPERSAND = re.compile(r"&(?![#\w]+;)")
HARMLESS_LESS = re.compile(r"<(?![A-Za-z/!?])")
NOW = {**SAFE, "\ue200": "_", "\ue201": "&amp;", "\ue202": "&lt;", ">": "&gt;"}
SPECIAL_NOW = re.compile(f"[{re.escape(''.join(NOW))}]")
EMPTY_LINK = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\(#?\)")
FORMULA = re.compile(
    f"{DOLLAR}{DOLLAR}([^{DOLLAR}]+){DOLLAR}{DOLLAR}|{DOLLAR}([^{DOLLAR}]+){DOLLAR}"
)
WORD = re.compile(r"zy[0-9a-f]{16}x(\d+)x")
QUOTE = re.compile(r"[ ]*>")
# The one character the converter escapes and our Markdown does not.
SETEXT = re.compile(r"^\\=")
PLACE = re.compile(r"(?:[ >]|[-*+] |\d+[.)] )*")
TEX = re.compile(r"\\[A-Za-z]|[\^_{]|^[A-Za-z]$|^[A-Za-z]\s*=")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Page:
    """Where a piece of HTML stood: what its relative addresses and pictures mean."""

    url: str = ""
    picture: Picture = lambda _: ""
    has_formulas: bool = True


def to_markdown(markup: str, page: Page = Page()) -> str:
    """Return the HTML's text as Markdown that always renders."""
    text = PRIVATE.sub("", tidy(markup))
    mark = "zy" + secrets.token_hex(8)
    blocks: list[list[str]] = []

    def keep(code: str, language: str) -> str:
        code = code.strip("\n")
        if not code.strip():
            return ""
        blocks.append(fence(code, info_of(code, language)))
        return f"<p>{mark}x{len(blocks) - 1}x</p>"

    text = PRE.sub(lambda found: keep(_code(found["inside"]), _language(found)), text)
    text = SHORTCODE.sub(lambda found: keep(_code(found[3]), _shortcode(found)), text)
    text = DROPPED.sub("", text)
    text = IMAGE.sub(lambda found: _image(found[1], page), text)
    text = LINK.sub(lambda found: f'{found[1]}"{_address(found[2], page)}"', text)
    written = convert(_protected(text), OPTIONS).content or ""
    written = EMPTY_LINK.sub(r"\1", written)
    if DOLLAR in written and page.has_formulas:
        written = FORMULA.sub(_formula, written)
    lines = _escaped(written).split("\n")
    return "\n".join(_with_blocks(lines, mark, blocks)).strip("\n")


def _code(inside: str) -> str:
    return html.unescape(TAG.sub("", BREAK.sub("\n", inside))).replace("\u00a0", " ")


def _language(found: re.Match[str]) -> str:
    inner = INNER_CODE.match(found["inside"])
    attributes = _attributes(found["attributes"]) | (_attributes(inner[1]) if inner else {})
    outer = _attributes(found["attributes"])
    data = attributes.get("data-lang") or attributes.get("data-enlighter-language") or ""
    return language_named(outer.get("class", ""), attributes.get("class", ""), data)


def _shortcode(found: re.Match[str]) -> str:
    name = found[1] if found[1] not in {"code", "sourcecode"} else ""
    return language_named(name or _attributes(found[2]).get("language", ""))


def _attributes(text: str) -> dict[str, str]:
    return {
        name.lower(): html.unescape(value.strip("\"'")) for name, value in ATTRIBUTE.findall(text)
    }


def _image(text: str, page: Page) -> str:
    attributes = _attributes(text)
    source, alt = attributes.get("src", ""), attributes.get("alt", "").strip()
    if here := page.picture(source):
        return f'<img src="{html.escape(here)}" alt="{html.escape(alt)}">'
    words = html.escape(alt or source.rpartition("/")[2][:80] or "picture")
    whole = _resolved(source, page)
    return f'<a href="{html.escape(whole)}">{words}</a>' if whole else words


def _address(quoted: str, page: Page) -> str:
    return html.escape(_resolved(html.unescape(quoted.strip("\"'")), page))


def _resolved(address: str, page: Page) -> str:
    """Return an address that a page may carry, else nothing."""
    try:
        whole = urljoin(page.url, address.strip())
        is_known = urlsplit(whole).scheme.lower() in SCHEMES
    except ValueError:
        return ""
    # Brackets and spaces would end a link's address.
    safe = re.sub(r"[\s()<>\"\\]", lambda found: f"%{ord(found[0]):02X}", whole)
    return safe if is_known else ""


def _protected(text: str) -> str:
    """Return the HTML with every special character of its text, code apart, made private."""
    parts: list[str] = []
    at = 0
    for code in CODE.finditer(text):
        parts += [_protected_text(text[at : code.start()]), code[0]]
        at = code.end()
    parts.append(_protected_text(text[at:]))
    return "".join(parts)


def _protected_text(text: str) -> str:
    return "".join(
        part if part[:1] == "<" and part[-1:] == ">" else _safe(part) for part in TOKEN.split(text)
    )


def _safe(text: str) -> str:
    plain = html.unescape(text) if "&" in text else text
    if not RISKY.search(plain):
        return plain
    # Most are harmless where they stand, and a curator reads this text.
    plain = INSIDE_WORD.sub("\ue200", plain)
    plain = HARMLESS_AMPERSAND.sub("\ue201", plain)
    plain = HARMLESS_LESS.sub("\ue202", plain)
    return SPECIAL_NOW.sub(lambda found: NOW[found[0]], plain)


def _escaped(text: str) -> str:
    return PRIVATE.sub(lambda found: ESCAPED[ord(found[0])], text)


def _formula(found: re.Match[str]) -> str:
    tex = (found[1] or found[2]).translate(RAW)
    if not TEX.search(tex.strip()) or (tex != tex.strip() and not found[1]):
        return _escaped(found[0])
    try:
        to_mathml(tex.strip(), display=False)
    except AuthoringError:
        return _escaped(found[0])
    return f"${tex.strip()}$"


def _with_blocks(lines: list[str], mark: str, blocks: list[list[str]]) -> list[str]:
    # A quote right after a list would be part of its last item.
    written: list[str] = []
    for line in lines:
        found = WORD.search(line) if mark in line else None
        if found is None:
            if QUOTE.match(line) and written and written[-1] and not QUOTE.match(written[-1]):
                written.append("")
            written.append(SETEXT.sub("&#61;", line) if line[:2] == "\\=" else line)
            continue
        prefix = line[: found.start()]
        if line[found.end() :].strip() or not PLACE.fullmatch(prefix):
            # Amid a table's cell there is no room for a block.
            written.append(WORD.sub(lambda one: _inline(blocks[int(one[1])]), line))
            continue
        block = blocks[int(found[1])]
        after = continuation(prefix)
        written.append(prefix + block[0])
        written += [after + code if code else after.rstrip() for code in block[1:]]
    return written


def _inline(block: list[str]) -> str:
    code = " ".join(" ".join(block[1:-1]).split()).replace("|", "\\|")
    marks = "`" * (max((len(run) for run in re.findall("`+", code)), default=0) + 1)
    return f"{marks} {code} {marks}"
