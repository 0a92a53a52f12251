"""A saved tag page of a blog: each article of the page, questions with their answers."""

import dataclasses
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from kb.archive.paragraphs import ANSWER, QUESTION
from kb.importers.base import (
    Converted,
    ImportRefused,
    Item,
    Options,
    Problems,
    Unreadable,
)
from kb.importers.dates import moment
from kb.importers.faults import fault_of
from kb.importers.halves import split_halves
from kb.importers.html import Page, to_markdown
from kb.importers.languages import language_of
from kb.importers.pictures import Pictures
from kb.importers.text import one_line, without_tags
from kb.markdown.fences import Text, scan
from kb.markdown.markup import slugify
from kb.models import Article, Language, Post
from kb.storing.drafts import ArticleDraft, PostDraft, SourceDraft, TranslationDraft

VERSION = 1
MOST_BYTES = 64 * 1024 * 1024
CONTENT = {"entry-content", "post-content", "article-content", "post-body", "article-body"}
CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?([\w-]+)", re.I)
CANONICAL = re.compile(r"<link[^>]+rel=[\"']canonical[\"'][^>]*>", re.I)
SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->")
HREF = re.compile(r"href\s*=\s*[\"']([^\"']+)", re.I)
DATETIME = re.compile(r"<time\b[^>]*\bdatetime\s*=\s*[\"']([^\"']+)", re.I)
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
        "track", "wbr"}  # fmt: skip
MARKS = re.compile(r"^[#>*\s]+|[*\s]+$")


@dataclasses.dataclass(kw_only=True)
class Region:
    """An element by the offsets of its inside."""

    name: str
    classes: set[str]
    start: int
    end: int = -1


class SavedPage:
    """Reads one .html file; pictures are taken from the folder beside it."""

    kind = "html"
    has_unique_ids = False

    def __init__(self, path: Path, options: Options, problems: Problems) -> None:
        if not path.is_file():
            raise ImportRefused(f"{path}: no such file; name the .html that the browser saved")
        if path.stat().st_size > MOST_BYTES:
            raise ImportRefused(f"{path.name} has more than {MOST_BYTES:,} bytes; no page has")
        self._path = path
        self._options = options
        self._problems = problems
        self._markup = _decoded(path)
        found = CANONICAL.search(self._markup)
        saved = SAVED_FROM.search(self._markup)
        link = HREF.search(found[0]) if found else None
        self._url = link[1] if link else saved[1] if saved else options.site
        self._articles = _articles(self._markup)

    def expected(self) -> int | None:
        return len(self._articles)

    def items(self) -> Iterator[Item]:
        if not self._articles:
            raise ImportRefused(f"{self._path.name}: no <article> with a heading and a text in it")
        for markup in self._articles:
            line = self._markup.count("\n", 0, self._markup.find(markup)) + 1
            title, link = _heading(markup)
            address = urljoin(self._url, link)
            name = unquote(urlsplit(address).netloc + urlsplit(address).path.rstrip("/"))
            is_question = _is_question(markup)
            yield Item(
                row=f"line {line}",
                external_id=(name if link else slugify(title))[:200],
                digest=hashlib.sha256(f"{VERSION} {self._url} {markup}".encode()).hexdigest(),
                kind=Article.Kind.QUESTION if is_question else Article.Kind.GUIDE,
                answer_count=len(re.findall(r">\s*回答\s+\d+\s*<", markup)),
                data=(markup, title, address if link else ""),
            )

    def convert(self, item: Item) -> Converted:
        markup, title, address = item.data
        pictures = Pictures(self._path.parent)
        body = to_markdown(_content(markup), Page(url=self._url, picture=pictures.address))
        sections = _sections(body, title)
        if not any(section.strip() for section in sections):
            raise Unreadable("an article without text; left out")
        dated = DATETIME.search(markup)
        created = moment(dated[1]) if dated else None
        is_question = item.kind == Article.Kind.QUESTION
        opening = Post.Role.QUESTION if is_question else Post.Role.BODY
        posts = [
            PostDraft(
                role=Post.Role.ANSWER if position else opening,
                translations=_translations(section, "" if position else title),
                created_at=created,
                old_addresses=(unquote(urlsplit(address).path).rstrip("/"),)
                if address and not position and urlsplit(address).path.strip("/")
                else (),
            )
            for position, section in enumerate(sections)
            if section.strip()
        ]
        draft = ArticleDraft(
            kind=item.kind,
            slug=slugify(title)[:110],
            source=SourceDraft(
                kind=self.kind,
                external_id=item.external_id,
                title=title,
                url=address if address.startswith(("http://", "https://")) else "",
            ),
            posts=tuple(posts),
            tags=tuple(_tags(markup)),
            created_at=created,
            pictures=pictures.drafts,
        )
        return Converted(draft=draft)


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    declared = CHARSET.search(data[:4096])
    names = ["utf-8-sig", *([declared[1].decode("ascii")] if declared else [])]
    for name in names:
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError) as error:
            last = fault_of(error)
    raise ImportRefused(
        f"{path.name}: neither UTF-8 nor what it declares ({names[-1]}): {last}; "
        "save the page again as UTF-8"
    )


def _articles(markup: str) -> list[str]:
    """Return the inside of each <article>, or of the page's <main> or <body>."""
    regions = _regions(markup)
    for name in ("article", "main", "body"):
        found = [markup[one.start : one.end] for one in regions if one.name == name]
        if name == "article":
            # Articles inside articles are comments or teasers.
            found = [one for one in found if not any(one in other and one != other
                                                     for other in found)]  # fmt: skip
        usable = [one for one in found if _heading(one)[0]]
        if usable:
            return usable
    return []


def _content(markup: str) -> str:
    for region in _regions(markup):
        if region.classes & CONTENT:
            return markup[region.start : region.end]
    text = re.sub(r"<(header|footer|nav|aside)\b.*?</\1\s*>", "", markup, flags=re.I | re.S)
    return re.sub(r"<h[12]\b.*?</h[12]\s*>", "", text, count=1, flags=re.I | re.S)


def _heading(markup: str) -> tuple[str, str]:
    """Return the first heading's text and its link."""
    found = re.search(r"<h([1-3])\b[^>]*>(.*?)</h\1\s*>", markup, re.I | re.S)
    if not found:
        return "", ""
    link = HREF.search(found[2])
    return one_line(without_tags(found[2]), 300), link[1] if link else ""


def _tags(markup: str) -> list[str]:
    links = re.findall(r"<a\b[^>]*\brel=[\"'][^\"']*\btag\b[^\"']*[\"'][^>]*>(.*?)</a>", markup,
                       re.I | re.S)  # fmt: skip
    return [name for name in map(without_tags, links) if name]


def _is_question(markup: str) -> bool:
    return re.search(r">\s*(?:问题[::]|回答\s+\d+\s*<)", markup) is not None


def _sections(markdown: str, title: str) -> list[str]:
    """Return the question and the answers, cut at the lines that announce them."""
    lines = markdown.split("\n")
    cuts: list[tuple[int, bool]] = []
    for piece in scan(markdown):
        if isinstance(piece, Text):
            for number, line in enumerate(piece.text.split("\n"), piece.line):
                plain = MARKS.sub("", line)
                if QUESTION.match(plain):
                    cuts.append((number, False))
                elif ANSWER.match(plain):
                    cuts.append((number, True))
    sections: list[str] = [""]
    start = 0
    for number, is_answer in [*cuts, (len(lines) + 1, True)]:
        sections[-1] += "\n".join(lines[start : number - 1]).strip("\n")
        start = number
        if is_answer and number <= len(lines):
            sections.append("")
    return sections


def _translations(section: str, title: str) -> dict[Language, TranslationDraft]:
    halves = split_halves(section)
    if halves is None:
        language = language_of(section)
        return {language: TranslationDraft(markdown=section, title=title)}
    ours = language_of(title) if title else None
    return {
        language: TranslationDraft(markdown=text, title=title if language == ours else "")
        for language, text in halves.items()
    }


class _Finder(HTMLParser):
    """Notes where elements begin and end, as far as a page's tags agree."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=False)
        self._starts = [0]
        for line in markup.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self.found: list[Region] = []
        self._open: list[Region] = []
        self.feed(markup)
        for region in self._open:
            region.end = len(markup)

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        start = self._offset() + len(self.get_starttag_text() or "")
        region = Region(name=tag, classes=set((dict(attrs).get("class") or "").split()),
                        start=start)  # fmt: skip
        self.found.append(region)
        self._open.append(region)

    def handle_endtag(self, tag: str) -> None:
        if not any(region.name == tag for region in self._open):
            return
        while self._open:
            region = self._open.pop()
            region.end = self._offset()
            if region.name == tag:
                return


def _regions(markup: str) -> list[Region]:
    return _Finder(markup).found
