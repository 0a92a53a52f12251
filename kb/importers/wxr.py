"""A WordPress export (WXR 1.0–1.2): posts and pages that are published, as guides."""

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from kb.importers.base import (
    Converted,
    ImportRefused,
    Item,
    Options,
    Problem,
    Problems,
    Unreadable,
)
from kb.importers.dates import moment
from kb.importers.html import Page, to_markdown
from kb.importers.languages import language_of
from kb.importers.pictures import Pictures
from kb.importers.text import first_words, one_line, without_tags
from kb.importers.xml import Text, parse
from kb.markdown.markup import slugify
from kb.models import Article, Post
from kb.storing.drafts import ArticleDraft, PostDraft, SourceDraft, TranslationDraft

VERSION = 1
KINDS = {"post", "page"}
MOST_CHARACTERS = 10_000_000
"""An item's text that is longer is no article; memory stays bounded."""
# The namespaces differ by version and may be http or https.
SHORT = {"excerpt": "excerpt", "content": "content", "dc": "dc", "export": "wp"}
BLOCK = re.compile(r"<!--\s*/?wp:[^>]*-->")
TAG_LIKE = re.compile(r"<(?:p|div|pre|ul|ol|h[1-6]|table|blockquote)\b", re.I)
FIELDS = {
    "title", "link", "pubDate", "dc:creator", "guid", "content:encoded", "wp:post_id",
    "wp:post_date", "wp:post_date_gmt", "wp:post_modified_gmt", "wp:post_name", "wp:status",
    "wp:post_type", "wp:post_password",
}  # fmt: skip


@dataclasses.dataclass(frozen=True, kw_only=True)
class Entry:
    """An item as it stands in the file."""

    line: int
    fields: dict[str, str]
    tags: tuple[str, ...]


class Wordpress:
    """Reads one .xml file; pictures are taken from the folder beside it."""

    kind = "wxr"
    has_unique_ids = False

    def __init__(self, path: Path, options: Options, problems: Problems) -> None:
        if not path.is_file():
            raise ImportRefused(f"{path}: no such file; name the .xml that WordPress exported")
        self._path = path
        self._options = options
        self._problems = problems
        self._authors: dict[str, str] = {}
        self._site = options.site
        self._count: int | None = None

    def expected(self) -> int | None:
        """Read the file to its end, so that a broken one is refused before anything is stored."""
        if self._count is None:
            self._count = sum(1 for _ in self._entries(Problems()))
        return self._count

    def items(self) -> Iterator[Item]:
        self.expected()
        for entry in self._entries(self._problems):
            name = entry.fields.get("wp:post_id") or entry.fields.get("guid", "")
            host = urlsplit(entry.fields.get("link") or self._site).netloc
            if not name:
                self._problems.add(f"line {entry.line}", "an item without wp:post_id and guid")
                continue
            author = self._authors.get(entry.fields.get("dc:creator", ""), "")
            known = [VERSION, self._site, author, entry.fields, entry.tags]
            yield Item(
                row=f"line {entry.line}",
                external_id=f"{host}/{name}"[:200],
                digest=hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest(),
                kind=Article.Kind.GUIDE,
                data=(entry, author, self._site),
            )

    def convert(self, item: Item) -> Converted:
        entry, author, site = item.data
        fields = entry.fields
        problems: list[Problem] = []
        pictures = Pictures(self._path.parent)
        link = fields.get("link", "")
        page = Page(url=link or site, picture=_by_name(pictures))
        markdown = to_markdown(_paragraphs(fields.get("content:encoded", "")), page)
        title = one_line(without_tags(fields.get("title", "")), 300) or first_words(markdown)
        if not markdown.strip() or not title:
            raise Unreadable("an item without text; left out")
        if not fields.get("title", "").strip():
            problems.append(Problem(row=item.row, reason="no title; it got the first words"))
        created = next(filter(None, map(moment, _dates(fields))), None)
        if created is None:
            problems.append(Problem(row=item.row, reason="no date; it got today's"))
        language = language_of(title, markdown)
        draft = ArticleDraft(
            kind=Article.Kind.GUIDE,
            slug=slugify(unquote(fields.get("wp:post_name", "")) or title)[:110],
            source=SourceDraft(
                kind=self.kind,
                external_id=item.external_id,
                title=title,
                url=link if urlsplit(link).scheme in {"http", "https"} else "",
                author=one_line(author or fields.get("dc:creator", "")),
            ),
            posts=(
                PostDraft(
                    role=Post.Role.BODY,
                    translations={language: TranslationDraft(markdown=markdown, title=title)},
                    author=one_line(author or fields.get("dc:creator", "")),
                    created_at=created,
                    old_addresses=tuple(_old_addresses(fields)),
                ),
            ),
            tags=entry.tags,
            created_at=created,
            updated_at=moment(fields.get("wp:post_modified_gmt", "")) or created,
            pictures=pictures.drafts,
        )
        return Converted(draft=draft, problems=tuple(problems))

    def _entries(self, problems: Problems) -> Iterator[Entry]:
        text = Text(path=self._path)
        reader = _Reader(self._path)
        handlers = {
            "StartElementHandler": reader.start,
            "EndElementHandler": reader.end,
            "CharacterDataHandler": reader.text,
        }
        for _ in parse(self._path, text, handlers):
            self._authors.update(reader.authors)
            self._site = self._site or reader.site
            for entry in reader.taken():
                if _is_wanted(entry, self._options):
                    yield entry
        if text.replaced:
            problems.add(
                self._path.name,
                f"{text.replaced} characters that XML forbids were replaced by U+FFFD",
            )


def _is_wanted(entry: Entry, options: Options) -> bool:
    fields = entry.fields
    if fields.get("wp:post_type", "post") not in KINDS or fields.get("wp:post_password"):
        return False
    if fields.get("wp:status", "publish") != "publish":
        return False
    if not {tag.lower() for tag in entry.tags}.issuperset(tag.lower() for tag in options.tags):
        return False
    if options.since is None:
        return True
    created = next(filter(None, map(moment, _dates(fields))), None)
    return created is not None and created.date() >= options.since


def _dates(fields: dict[str, str]) -> Iterator[str]:
    yield from (fields.get(name, "") for name in ("wp:post_date_gmt", "pubDate", "wp:post_date"))


def _old_addresses(fields: dict[str, str]) -> Iterator[str]:
    parts = urlsplit(fields.get("link", ""))
    address = unquote(parts.path).rstrip("/")
    if parts.query:
        address = f"{address or '/'}?{parts.query}"
    if address:
        yield address
    if id_ := fields.get("wp:post_id"):
        yield f"/?p={id_}"


def _by_name(pictures: Pictures) -> Any:
    """Return where pictures are: the path of their address under the folder, or only the name."""

    def address(source: str) -> str:
        if source.startswith("data:"):
            return pictures.address(source)
        path = urlsplit(source).path
        return pictures.address(path) or pictures.address(path.rpartition("/")[2])

    return address


def _paragraphs(text: str) -> str:
    """Return the text with the paragraphs that WordPress makes of blank lines when it shows it."""
    text = BLOCK.sub("", text)
    if TAG_LIKE.search(text) and "<p" in text:
        return text
    parts = re.split(r"(<pre\b.*?</pre>|\[(?:python|py|bash|code)\b.*?\[/\w+\])", text, flags=re.S)
    for at in range(0, len(parts), 2):
        blocks = re.split(r"\n\s*\n", parts[at])
        parts[at] = "\n\n".join(
            block if TAG_LIKE.match(block.strip()) or not block.strip() else f"<p>{block}</p>"
            for block in blocks
        )
    return "".join(parts)


class _Reader:
    """Collects items as expat meets them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names: list[str] = []
        self._fields: dict[str, str] = {}
        self._tags: list[str] = []
        self._parts: list[str] | None = None
        self._size = 0
        self._is_tag = False
        self._entries: list[Entry] = []
        self._author: dict[str, str] = {}
        self.authors: dict[str, str] = {}
        self.site = ""
        self._items = 0

    def taken(self) -> list[Entry]:
        entries, self._entries = self._entries, []
        return entries

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = _short(name)
        if not self._names and name != "rss":
            raise ImportRefused(
                f"{self._path.name}, line 1: begins with <{name}>, expected <rss>; "
                "name the .xml that WordPress exported"
            )
        self._names.append(name)
        if name == "item":
            self._items += 1
            self._fields, self._tags = {}, []
        self._parts, self._size = [], 0
        self._is_tag = name == "category" and attributes.get("domain") in {"post_tag", "tag"}

    def text(self, text: str) -> None:
        if self._parts is not None:
            self._size += len(text)
            if self._size <= MOST_CHARACTERS:
                self._parts.append(text)

    def end(self, name: str) -> None:
        name = _short(name)
        text = "".join(self._parts or ())
        self._names.pop()
        parent = self._names[-1] if self._names else ""
        if name == "item":
            self._entries.append(
                Entry(line=self._items, fields=self._fields, tags=tuple(self._tags))
            )
        elif parent == "item":
            if name in FIELDS:
                self._fields[name] = text if name == "content:encoded" else text.strip()
            elif name == "category" and self._is_tag and text.strip():
                self._tags.append(text.strip())
        elif parent == "wp:author":
            self._author[name] = text.strip()
        elif name == "wp:author":
            login = self._author.get("wp:author_login", "")
            self.authors[login] = self._author.get("wp:author_display_name") or login
            self._author = {}
        elif parent == "channel" and name in {"wp:base_blog_url", "link"}:
            self.site = text.strip() or self.site
        self._parts = None


def _short(name: str) -> str:
    """Return `wp:post_id` of a name with its namespace, whatever version that is of."""
    uri, _, local = name.rpartition(" ")
    for word, prefix in SHORT.items():
        if f"/{word}" in uri:
            return f"{prefix}:{local}"
    return local
