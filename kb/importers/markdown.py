"""A folder of Markdown files, alone or in pairs of languages."""

import dataclasses
import datetime
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from kb.content import ANSWER
from kb.importers.base import Converted, ImportRefused, Item, Options, Problem, Problems, Unreadable
from kb.importers.dates import moment
from kb.importers.faults import fault_of
from kb.importers.foreign import to_ours
from kb.importers.halves import split_halves
from kb.importers.languages import language_of
from kb.importers.pictures import Pictures
from kb.importers.text import one_line, tidy
from kb.markdown.fences import Text, scan
from kb.markdown.markup import slugify
from kb.models import Article, Language, Post
from kb.storing.drafts import ArticleDraft, PostDraft, SourceDraft, TranslationDraft

VERSION = 1
SUFFIXES = {
    "en": Language.EN, "en-us": Language.EN, "zh": Language.ZH, "zh-cn": Language.ZH,
    "zh-hans": Language.ZH,
}  # fmt: skip
MARKS = "en|en-us|zh|zh-cn|zh-hans|origin"
NAMED = re.compile(rf"^(?P<stem>.+?)(?:[._](?P<mark>{MARKS}))?\.(?:md|markdown)$", re.I)
FRONT = re.compile(r"\A\ufeff?---[ ]*\n(.*?)\n(?:---|\.\.\.)[ ]*(?:\n|\Z)", re.S)
HEADING = re.compile(r"\A\s*#\s+(.+?)\s*#*\s*(?:\n|\Z)|\A\s*(\S.*)\n=+\s*(?:\n|\Z)")
MOST_BYTES = 8 * 1024 * 1024


@dataclasses.dataclass(frozen=True, kw_only=True)
class File:
    path: Path
    text: str
    front: dict[str, Any]


class MarkdownFolder:
    """Reads a folder, or one file; `name.md` with `name.en.md` or `name_origin.md` are a pair."""

    kind = "markdown"
    has_unique_ids = False

    def __init__(self, path: Path, options: Options, problems: Problems) -> None:
        if not path.exists():
            raise ImportRefused(f"{path}: no such file or folder")
        self._root = path if path.is_dir() else path.parent
        self._options = options
        self._problems = problems
        self._groups: dict[str, dict[str, Path]] = defaultdict(dict)
        for file in sorted(path.rglob("*")) if path.is_dir() else _siblings(path):
            found = NAMED.match(file.name)
            if found and file.is_file() and not any(part[0] == "." for part in file.parts[1:]):
                stem = (file.parent / found["stem"]).relative_to(self._root).as_posix()
                self._groups[stem][(found["mark"] or "").lower()] = file
        if not self._groups:
            raise ImportRefused(f"{path}: no .md file in it")

    def expected(self) -> int | None:
        return len(self._groups)

    def items(self) -> Iterator[Item]:
        for stem, paths in self._groups.items():
            files = {mark: file for mark, path in paths.items() if (file := self._read(path))}
            if not files or not _is_wanted(files, self._options):
                continue
            digest = hashlib.sha256(f"{VERSION}".encode())
            for mark, file in sorted(files.items()):
                digest.update(f"\0{mark}\0{file.front}\0{file.text}".encode())
            first = next(iter(files.values()))
            answers = sum(bool(ANSWER.match(line)) for line in first.text.split("\n"))
            yield Item(
                row=", ".join(path.name for path in paths.values()),
                external_id=stem[:200],
                digest=digest.hexdigest(),
                kind=_kind(first),
                answer_count=answers if _kind(first) == Article.Kind.QUESTION else 0,
                data=(stem, files),
            )

    def _read(self, path: Path) -> File | None:
        name = path.relative_to(self._root).as_posix()
        try:
            if path.stat().st_size > MOST_BYTES:
                raise Unreadable(f"more than {MOST_BYTES:,} bytes")
            text = tidy(path.read_bytes().decode("utf-8-sig"))
            front, rest = _front_matter(text)
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            self._problems.add(f"{name}:{line}", "not UTF-8; save the file as UTF-8")
            return None
        except (OSError, Unreadable) as error:
            told = fault_of(error) if isinstance(error, OSError) else error
            self._problems.add(name, f"{told}; left out")
            return None
        if not rest.strip():
            self._problems.add(name, "an empty file; left out")
            return None
        return File(path=path, text=rest, front=front)

    def convert(self, item: Item) -> Converted:
        stem, files = item.data
        problems: list[Problem] = []
        pictures = Pictures(next(iter(files.values())).path.parent)
        texts = _texts(files, pictures, item.row, problems)
        first = next(iter(files.values()))
        front: dict[str, Any] = {}
        for file in files.values():
            front = {**file.front, **front}
        url = str(front.get("source") or front.get("url") or "")
        created = _date(front.get("date"))
        author = one_line(str(front.get("author") or ""))
        draft = ArticleDraft(
            kind=_kind(first),
            slug=slugify(str(front.get("slug") or Path(stem).name))[:110],
            source=SourceDraft(
                kind=self.kind,
                external_id=item.external_id,
                title=next(iter(texts.values()))[0],
                url=url if url.startswith(("http://", "https://")) else "",
                author=author,
                licence=one_line(str(front.get("licence") or front.get("license") or ""), 100),
            ),
            posts=tuple(_posts(texts, _kind(first), author, created)),
            tags=(*_tags(front), *self._options.tags),
            created_at=created,
            updated_at=_date(front.get("updated") or front.get("lastmod")) or created,
            pictures=pictures.drafts,
        )
        return Converted(draft=draft, problems=tuple(problems))


Section = tuple[str, bool]  # text, is the accepted answer


def _siblings(path: Path) -> list[Path]:
    found = NAMED.match(path.name)
    if not found:
        raise ImportRefused(f"{path}: expected a .md file or a folder")
    return sorted(
        file
        for file in path.parent.iterdir()
        if (other := NAMED.match(file.name)) and other["stem"] == found["stem"]
    )


def _front_matter(text: str) -> tuple[dict[str, Any], str]:
    found = FRONT.match(text)
    if not found:
        return {}, text
    try:
        values = yaml.safe_load(found[1])
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Unreadable(f"front matter: {fault_of(error, first_line=2)}") from error
    return (values, text[found.end() :]) if isinstance(values, dict) else ({}, text)


def _kind(file: File) -> Article.Kind:
    if file.front.get("kind") in Article.Kind.values:
        return Article.Kind(file.front["kind"])
    has_answers = any(ANSWER.match(line) for line in file.text.split("\n"))
    return Article.Kind.QUESTION if has_answers else Article.Kind.GUIDE


def _is_wanted(files: dict[str, File], options: Options) -> bool:
    if options.since is None:
        return True
    dates = [_date(file.front.get("date")) for file in files.values()]
    return any(date is not None and date.date() >= options.since for date in dates)


def _tags(front: dict[str, Any]) -> tuple[str, ...]:
    tags = front.get("tags") or front.get("categories") or ()
    if isinstance(tags, str):
        tags = re.split(r"\s*,\s*", tags)
    return tuple(str(tag) for tag in tags) if isinstance(tags, list | tuple) else ()


def _date(value: Any) -> datetime.datetime | None:
    return moment(value.isoformat() if hasattr(value, "isoformat") else str(value or ""))


def _texts(
    files: dict[str, File], pictures: Pictures, row: str, problems: list[Problem]
) -> dict[Language, tuple[str, list[Section]]]:
    """Return title and sections by language."""
    texts: dict[Language, tuple[str, list[Section]]] = {}
    for mark, file in sorted(files.items()):
        title, body = _title(file)
        language = SUFFIXES.get(mark) or language_of(title, body)
        if language in texts:
            problems.append(
                Problem(row=row, reason=f"{file.path.name} is in the same language; left out")
            )
            continue
        # Our own authors say themselves what runs.
        is_ours = "kind" in file.front
        sections = [
            (section if is_ours else to_ours(section, picture=pictures.address), is_accepted)
            for section, is_accepted in _sections(body)
        ]
        halves = split_halves(sections[0][0]) if len(sections) == len(files) == 1 else None
        if halves and min(map(len, halves.values())) * 3 > max(map(len, halves.values())):
            own = language_of(title)
            for part, text in halves.items():
                texts[part] = (title if part == own else "", [(text, False)])
            return texts
        texts[language] = (title, sections)
    counts = {len(sections) for _, sections in texts.values()}
    if len(counts) > 1:
        raise Unreadable("the languages have different numbers of answers; left out")
    return texts


def _title(file: File) -> tuple[str, str]:
    body = file.text
    title = one_line(str(file.front.get("title") or ""), 300)
    found = HEADING.match(body)
    if found and not title:
        title = one_line((found[1] or found[2]).replace("`", "").replace("*", ""), 300)
        body = body[found.end() :]
    return title or file.path.stem, body


def _sections(body: str) -> list[Section]:
    lines = body.split("\n")
    starts: list[tuple[int, bool]] = [(0, False)]
    try:
        pieces = scan(body)
    except ValueError:
        return [(body.strip("\n"), False)]
    for piece in pieces:
        if isinstance(piece, Text):
            for offset, line in enumerate(piece.text.split("\n")):
                if found := ANSWER.match(line):
                    starts.append((piece.line + offset, bool(found["accepted"])))
    ends = [start - 1 for start, _ in starts[1:]] + [len(lines)]
    return [
        ("\n".join(lines[start:end]).strip("\n"), is_accepted)
        for (start, is_accepted), end in zip(starts, ends, strict=True)
    ]


def _posts(
    texts: dict[Language, tuple[str, list[Section]]],
    kind: Article.Kind,
    author: str,
    created: datetime.datetime | None,
) -> Iterator[PostDraft]:
    opening = Post.Role.QUESTION if kind == Article.Kind.QUESTION else Post.Role.BODY
    for position in range(len(next(iter(texts.values()))[1])):
        yield PostDraft(
            role=Post.Role.ANSWER if position else opening,
            translations={
                language: TranslationDraft(
                    markdown=sections[position][0], title="" if position else title
                )
                for language, (title, sections) in texts.items()
            },
            is_accepted=any(sections[position][1] for _, sections in texts.values()),
            author=author,
            created_at=created,
        )
