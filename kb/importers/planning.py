"""A draft → everything that storing it needs, without a database and without rendering. Pure.

Rendering takes ten times as long as all the rest. So an imported text is stored with plain
blocks, which can be read and searched, and rendered by its first reader or by `kb.storing.pending`.
"""

import dataclasses
import difflib
import functools
import re
from collections import Counter

from kb.errors import AuthoringError
from kb.importers.base import Problem
from kb.markdown.fences import Fence, FenceKind, Piece, scan
from kb.markdown.plain import blocks_of
from kb.markdown.rendering import Block, SnippetDraft, snippet_values, snippets_of
from kb.models import Language
from kb.storing.drafts import ArticleDraft, PostDraft
from kb.storing.posts import check_same_snippets
from sandbox import Runtime, runtime
from snippets.code import normalise
from snippets.preparing import Prepared, prepare

RUN = re.compile(r"^(?P<before>[ >]*(?:(?:[-*+]|\d+[.)]) +)*(?:`{3,}|~{3,})python) run\b.*$", re.M)


@dataclasses.dataclass(frozen=True, kw_only=True)
class PlannedPost:
    blocks: dict[Language, list[Block]]  # with snippets by their number in `snippets`
    snippets: tuple[Prepared, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    draft: ArticleDraft
    posts: tuple[PlannedPost, ...]
    kinds: Counter[str]  # pieces of code, by kind
    problems: tuple[Problem, ...]


def plan_article(draft: ArticleDraft, *, row: str) -> Plan:
    """Return the plan; where two languages show different code, only what both show is run."""
    problems: list[Problem] = []
    kinds: Counter[str] = Counter()
    drafts: list[PostDraft] = []
    planned: list[PlannedPost] = []
    for position, given in enumerate(draft.posts):
        post, pieces, found = _with_same_snippets(position, given, row, problems)
        drafts.append(post)
        planned.append(
            PlannedPost(
                blocks={
                    language: blocks_of(scanned, kinds) for language, scanned in pieces.items()
                },
                snippets=tuple(
                    prepare(**snippet_values(found, index), known=_runtimes())
                    for index in range(len(found))
                ),
            )
        )
    return Plan(
        draft=dataclasses.replace(draft, posts=tuple(drafts)),
        posts=tuple(planned),
        kinds=kinds,
        problems=tuple(problems),
    )


@functools.cache
def _runtimes() -> dict[str, Runtime]:
    return runtime.load_all()


def _with_same_snippets(
    position: int, post: PostDraft, row: str, problems: list[Problem]
) -> tuple[PostDraft, dict[Language, list[Piece]], list[SnippetDraft]]:
    pieces = {language: scan(text.markdown) for language, text in post.translations.items()}
    found = {language: snippets_of(scanned) for language, scanned in pieces.items()}
    try:
        check_same_snippets(position, found)
    except AuthoringError:
        keys = [[normalise(draft.code) for draft in drafts] for drafts in found.values()]
        matches = difflib.SequenceMatcher(None, keys[0], keys[1], autojunk=False)
        shared: tuple[set[int], set[int]] = (set(), set())
        for match in matches.get_matching_blocks():
            shared[0].update(range(match.a, match.a + match.size))
            shared[1].update(range(match.b, match.b + match.size))
        texts = {
            language: dataclasses.replace(text, markdown=_run_only(text.markdown, kept))
            for (language, text), kept in zip(post.translations.items(), shared, strict=True)
        }
        if texts == post.translations:
            raise
        left = sum(len(drafts) for drafts in found.values()) - 2 * len(shared[0])
        problems.append(
            Problem(
                row=row,
                reason=f"post {position}: {left} pieces of code differ between the languages "
                "and are shown, not run",
            )
        )
        return _with_same_snippets(
            position, dataclasses.replace(post, translations=texts), row, problems
        )
    return post, pieces, next(iter(found.values()), [])


def _run_only(markdown: str, kept: set[int]) -> str:
    """Return the text with only the runnable fences of these numbers still runnable."""
    lines = markdown.replace("\r\n", "\n").split("\n")
    number = 0
    for piece in scan(markdown):
        if isinstance(piece, Fence) and piece.kind is FenceKind.RUN:
            if number not in kept:
                lines[piece.line - 1] = RUN.sub(r"\g<before>", lines[piece.line - 1])
            number += 1
    return "\n".join(lines)
