"""Reading content/: tags.yaml and articles/<slug>.{zh,en}.md. Pure but for reading the files."""

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from kb.errors import AuthoringError
from kb.languages import BY_PATH
from kb.markdown.fences import Text, scan
from kb.models import Article, Language, Post
from kb.storing.drafts import ArticleDraft, PostDraft, SourceDraft, TranslationDraft
from kb.storing.posts import PostError, render_posts
from kb.tagging import TagDraft

FILE_NAME = re.compile(r"^(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)\.(?P<lang>zh|en)\.md$")
ANSWER = re.compile(r"^<!--\s*answer(?P<accepted>\s+accepted)?\s*-->\s*$")
KEYS = {"title", "kind", "tags"}
TAG_KEYS = {"slug", "name", "parent", "synonyms", "description"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Problem:
    """Something to mend in a file; `line` is 0 where the whole file is meant."""

    path: Path
    line: int
    reason: str

    def __str__(self) -> str:
        return (
            f"{self.path}:{self.line}: {self.reason}"
            if self.line
            else f"{self.path}: {self.reason}"
        )


class ContentError(Exception):
    """Files that cannot be loaded as they stand."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = list(problems)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Section:
    """A post's text in one file, with the line on which it starts."""

    line: int
    markdown: str
    is_accepted: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class ContentFile:
    path: Path
    title: str
    kind: Article.Kind
    tags: tuple[str, ...]
    sections: tuple[Section, ...]  # the question or the body first


@dataclasses.dataclass(frozen=True, kw_only=True)
class Content:
    tags: tuple[TagDraft, ...]
    articles: tuple[ArticleDraft, ...]


def read_content(folder: Path) -> Content:
    """Return everything in the folder; ContentError lists every wrong file."""
    if not folder.is_dir():
        raise ContentError([Problem(path=folder, line=0, reason="no such folder")])
    problems: list[Problem] = []
    tags = read_tags(folder / "tags.yaml")
    known = {name for tag in tags for name in (tag.slug, *map(str.lower, tag.synonyms))}
    articles: list[ArticleDraft] = []
    for slug, files in _by_slug(folder / "articles", problems).items():
        try:
            texts = {language: read_article_file(path) for language, path in files.items()}
            articles.append(_article(slug, texts, known))
        except ContentError as error:
            problems += error.problems
    if problems:
        raise ContentError(problems)
    return Content(tags=tags, articles=tuple(articles))


def _by_slug(folder: Path, problems: list[Problem]) -> dict[str, dict[Language, Path]]:
    found: dict[str, dict[Language, Path]] = defaultdict(dict)
    for path in sorted(folder.glob("*")):
        if match := FILE_NAME.match(path.name):
            found[match["slug"]][BY_PATH[match["lang"]]] = path
        elif not path.name.startswith("."):
            reason = "unexpected name; articles are called <slug>.zh.md and <slug>.en.md"
            problems.append(Problem(path=path, line=0, reason=reason))
    return found


def read_article_file(path: Path) -> ContentFile:
    """Return a file's front matter and sections; raises ContentError."""
    lines = _read_text(path).split("\n")
    if lines[0].strip() != "---" or "---" not in [line.strip() for line in lines[1:]]:
        raise _error(path, 1, "the file must start with front matter between two lines ---")
    end = next(n for n, line in enumerate(lines[1:], 1) if line.strip() == "---")
    values = _mapping(path, "\n".join(lines[1:end]), first_line=2)
    if wrong := sorted(set(values) ^ KEYS):
        verb = "missing" if wrong[0] in KEYS else "unknown"
        raise _error(path, 1, f"{verb} key {wrong[0]!r} in the front matter")
    if values["kind"] not in Article.Kind.values:
        raise _error(path, 1, f"kind {values['kind']!r}: expected question or guide")
    if not isinstance(values["tags"], list) or not values["tags"]:
        raise _error(path, 1, "tags: expected a list such as [pytorch, autograd]")
    kind = Article.Kind(values["kind"])
    sections = tuple(_sections(path, lines[end + 1 :], first_line=end + 2))
    if kind == Article.Kind.GUIDE and len(sections) > 1:
        raise _error(path, sections[1].line, "a guide has no answers; its kind may be question")
    if kind == Article.Kind.QUESTION and len(sections) == 1:
        raise _error(path, 1, "a question needs at least one <!-- answer --> line and an answer")
    return ContentFile(
        path=path,
        title=str(values["title"]).strip(),
        kind=kind,
        tags=tuple(map(str, values["tags"])),
        sections=sections,
    )


def _sections(path: Path, lines: Sequence[str], *, first_line: int) -> Iterator[Section]:
    starts: list[tuple[int, bool]] = [(0, False)]
    try:
        for piece in scan("\n".join(lines)):
            # Only outside of fences: code may well print such a line.
            if isinstance(piece, Text):
                for offset, line in enumerate(piece.text.split("\n")):
                    if match := ANSWER.match(line):
                        starts.append((piece.line + offset, bool(match["accepted"])))
    except AuthoringError as error:
        at = first_line - 1 + (error.line or 1)
        raise _error(path, at, error.message) from error
    for (start, is_accepted), following in zip(starts, [*starts[1:], None], strict=True):
        until = following[0] - 1 if following else len(lines)
        text = "\n".join(lines[start:until])
        if not text.strip():
            raise _error(path, first_line + start, "empty section; write text or remove it")
        # Line numbers of an error count from here, so the blank lines stay until then.
        yield Section(line=first_line + start, markdown=text, is_accepted=is_accepted)


def _article(slug: str, texts: dict[Language, ContentFile], known_tags: set[str]) -> ArticleDraft:
    reference, *others = texts.values()
    for other in others:
        for name in ("kind", "tags"):
            if getattr(other, name) != getattr(reference, name):
                raise _error(other.path, 1, f"{name} differs from {reference.path.name}")
        if len(other.sections) != len(reference.sections):
            counts = f"{len(other.sections) - 1} answers, {len(reference.sections) - 1}"
            raise _error(other.path, 1, f"{counts} in {reference.path.name}")
    for tag in reference.tags:
        if tag.lower() not in known_tags:
            raise _error(reference.path, 1, f"unknown tag {tag!r}; add it to tags.yaml")
    draft = ArticleDraft(
        kind=reference.kind,
        slug=slug,
        source=SourceDraft(kind="content", external_id=slug),
        posts=tuple(_post(index, texts) for index in range(len(reference.sections))),
        tags=reference.tags,
    )
    try:
        render_posts(draft.posts)
    except PostError as error:
        text = texts[error.language] if error.language else reference
        section = text.sections[error.position]
        raise _error(text.path, section.line + (error.line or 1) - 1, error.message) from error
    return draft


def _post(index: int, texts: dict[Language, ContentFile]) -> PostDraft:
    first = next(iter(texts.values()))
    role = Post.Role.QUESTION if first.kind == Article.Kind.QUESTION else Post.Role.BODY
    return PostDraft(
        role=Post.Role.ANSWER if index else role,
        translations={
            language: TranslationDraft(
                title="" if index else text.title, markdown=text.sections[index].markdown
            )
            for language, text in texts.items()
        },
        is_accepted=any(text.sections[index].is_accepted for text in texts.values()),
    )


def read_tags(path: Path) -> tuple[TagDraft, ...]:
    """Return the tags of a tags.yaml: a list of mappings; raises ContentError."""
    items = _yaml(path, _read_text(path), first_line=1)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise _error(path, 1, "expected a list of tags, each with slug and name")
    drafts = tuple(_tag(path, item) for item in items)
    owners: dict[str, str] = {}
    for draft in drafts:
        for name in (draft.slug, *map(str.lower, draft.synonyms)):
            if owners.setdefault(name, draft.slug) != draft.slug:
                raise _error(path, 0, f"{name!r} belongs to {owners[name]!r} and {draft.slug!r}")
        if draft.parent and draft.parent not in {other.slug for other in drafts}:
            raise _error(path, 0, f"tag {draft.slug!r}: unknown parent {draft.parent!r}")
    return drafts


def _tag(path: Path, item: dict[str, Any]) -> TagDraft:
    name = item.get("slug", "?")
    if unknown := sorted(set(item) - TAG_KEYS):
        raise _error(path, 0, f"tag {name!r}: unknown key {unknown[0]!r}")
    if missing := sorted({"slug", "name"} - set(item)):
        raise _error(path, 0, f"tag {name!r}: key {missing[0]!r} is missing")
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", str(name)):
        raise _error(path, 0, f"tag {name!r}: a slug is lower-case letters, digits and hyphens")
    texts = {key: item.get(key, {"zh": "", "en": ""}) for key in ("name", "description")}
    for key, text in texts.items():
        if not isinstance(text, dict) or set(text) != {"zh", "en"}:
            raise _error(path, 0, f"tag {name!r}: {key} needs both languages: {{zh: …, en: …}}")
    return TagDraft(
        slug=str(name),
        name_zh=str(texts["name"]["zh"]).strip(),
        name_en=str(texts["name"]["en"]).strip(),
        description_zh=str(texts["description"]["zh"]).strip(),
        description_en=str(texts["description"]["en"]).strip(),
        parent=str(item.get("parent") or ""),
        synonyms=tuple(map(str, item.get("synonyms") or ())),
    )


def _read_text(path: Path) -> str:
    try:
        data = path.read_bytes()
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise _error(path, 0, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _error(path, line, f"not UTF-8 at byte {error.start}") from error


def _mapping(path: Path, text: str, *, first_line: int) -> dict[str, Any]:
    values = _yaml(path, text, first_line=first_line)
    if not isinstance(values, dict):
        raise _error(path, first_line, "front matter: expected lines such as title: …")
    return values


def _yaml(path: Path, text: str, *, first_line: int) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        raise _error(path, line, f"YAML: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise _error(path, first_line, f"YAML: {error}") from error


def _error(path: Path, line: int, reason: str) -> ContentError:
    return ContentError([Problem(path=path, line=line, reason=reason)])
