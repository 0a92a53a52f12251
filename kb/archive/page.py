"""A whole archive file as drafts of articles, with the lines that each post must hold."""

import dataclasses
import hashlib
from collections import Counter
from typing import Any

from kb.archive.blocks import Block, make_blocks
from kb.archive.errors import ArchiveError
from kb.archive.halves import split_section
from kb.archive.identifiers import has_command
from kb.archive.kinds import Kind, is_unfinished, label
from kb.archive.markdown import write
from kb.archive.outline import Outline, Section, outline
from kb.archive.python_lines import is_damaged_statement
from kb.archive.reading import Line, read_lines
from kb.markdown.markup import slugify
from kb.models import Article, Language, Post
from kb.storing.drafts import ArticleDraft, PostDraft, SourceDraft, TranslationDraft

SOURCE_KIND = "archive"
EXTERNAL_ID_CHARACTERS = 200


@dataclasses.dataclass(frozen=True, kw_only=True)
class Half:
    """A post's text in one language."""

    language: Language
    blocks: tuple[Block, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReadPost:
    structure: tuple[Line, ...]
    halves: tuple[Half, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReadArticle:
    draft: ArticleDraft
    posts: tuple[ReadPost, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReadPage:
    """A file, read: the drafts of its articles and where every line of it went."""

    tag: str
    lines: tuple[Line, ...]
    articles: tuple[ReadArticle, ...]

    @property
    def blocks(self) -> list[Block]:
        return [
            block
            for article in self.articles
            for post in article.posts
            for half in post.halves
            for block in half.blocks
        ]

    def counts(self) -> dict[str, Any]:
        """Return what the page holds, as the command reports it."""
        questions = sum(a.draft.kind == Article.Kind.QUESTION for a in self.articles)
        posts = [post for article in self.articles for post in article.posts]
        return {
            "articles": len(self.articles),
            "questions": questions,
            "guides": len(self.articles) - questions,
            "answers": len(posts) - len(self.articles),
            "sections": sum(len(post.halves) == 2 for post in posts),
            "blocks": self.count_blocks(),
            "snippets": self.count_snippets(),
        }

    def count_blocks(self) -> dict[str, int]:
        """Return how many pieces of code of each kind the file holds, whole lines in the
        text included: a statement with curly quotes, a table's row with commands.
        """
        counts = Counter({kind: 0 for kind in Kind if kind is not Kind.TEXT})
        for block in self.blocks:
            if block.kind is not Kind.TEXT:
                counts[block.kind] += 1
            elif not block.marker:
                texts = [line.text for line in block.lines]
                counts[Kind.PYTHON] += sum(map(is_damaged_statement, texts))
                counts[Kind.SHELL] += sum(map(has_command, texts))
        return {str(kind): count for kind, count in counts.items()}

    def count_snippets(self) -> int:
        """Return how many distinct pieces of Python the file holds."""
        return len({block.code for block in self.blocks if block.kind is Kind.PYTHON})


def read_page(data: bytes) -> ReadPage:
    """Return what an archive file holds; ArchiveError with the line where it is not whole."""
    lines = read_lines(data)
    page = outline(lines)
    seen: dict[str, int] = {}
    for found in page.articles:
        line = found.sections[0].structure[0].number
        name = external_id(page.tag, found.title)
        if name in seen:
            raise ArchiveError(
                f"the article of line {seen[name]} stands here again, {found.title!r}", line=line
            )
        seen[name] = line
    return ReadPage(
        tag=page.tag,
        lines=lines,
        articles=tuple(_read_article(page.tag, found) for found in page.articles),
    )


def external_id(tag: str, title: str) -> str:
    """Return the name under which the article is known for good."""
    name = f"{slugify(tag)}/{slugify(title)}"
    if len(name) > EXTERNAL_ID_CHARACTERS:
        digest = hashlib.sha256(name.encode()).hexdigest()[:16]
        name = f"{name[: EXTERNAL_ID_CHARACTERS - 17]}-{digest}"
    return name


def _read_article(tag: str, found: Outline) -> ReadArticle:
    if found.is_question:
        posts = [_read_bilingual(section) for section in found.sections]
    else:
        posts = [_read_guide(section) for section in found.sections]
    draft = ArticleDraft(
        kind=Article.Kind.QUESTION if found.is_question else Article.Kind.GUIDE,
        slug=slugify(found.title)[:110],
        source=SourceDraft(
            kind=SOURCE_KIND,
            external_id=external_id(tag, found.title),
            title=found.title,
        ),
        posts=tuple(_draft(found, position, post) for position, post in enumerate(posts)),
        tags=(slugify(tag),),
    )
    return ReadArticle(draft=draft, posts=tuple(posts))


def _read_bilingual(section: Section) -> ReadPost:
    chinese, english = split_section(section)
    return ReadPost(
        structure=section.structure,
        halves=(
            Half(language=Language.ZH, blocks=tuple(chinese)),
            Half(language=Language.EN, blocks=tuple(english)),
        ),
    )


def _read_guide(section: Section) -> ReadPost:
    kinds = label(section.paragraphs)
    if section.is_last and is_unfinished(kinds[-1], section.paragraphs[-1:]):
        raise ArchiveError(
            f"the file ends in the middle of this {kinds[-1]} block",
            line=section.paragraphs[-1].first.number,
        )
    # A name alone may be a file's; with no English twin nothing says that it is an API's.
    certain = [Kind.TEXT if kind is Kind.NAMES else kind for kind in kinds]
    blocks = make_blocks(section.paragraphs, certain)
    return ReadPost(
        structure=section.structure, halves=(Half(language=Language.ZH, blocks=tuple(blocks)),)
    )


def _draft(found: Outline, position: int, post: ReadPost) -> PostDraft:
    if position:
        role = Post.Role.ANSWER
    else:
        role = Post.Role.QUESTION if found.is_question else Post.Role.BODY
    return PostDraft(
        role=role,
        translations={
            half.language: TranslationDraft(
                markdown=write(half.blocks, has_headings=not found.is_question),
                title="" if position or half.language is Language.EN else found.title,
            )
            for half in post.halves
        },
    )
