"""What documents of an index are made from, read a batch of articles at a time.

The number of queries is always the same. Rows are tuples: there are many.
"""

import dataclasses
import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import TextField
from django.db.models.functions import Cast

from kb.languages import TO_PATH
from kb.models import Article, Post, PostSnippet, Translation
from kb.search.analyzer import Indexed, index_text
from snippets.cards import rank
from snippets.models import Verification
from snippets.presentation import Tone, outcome_tone


class State(NamedTuple):
    """What is known of a snippet: its best outcome, and the outcome on each runtime."""

    tone: Tone = outcome_tone(Verification.Outcome.WAITING)  # of the best outcome
    outcomes: Mapping[str, str] = {}
    reasons: Sequence[str] = ()  # errors, as they are pasted into a search
    checked_at: datetime | None = None


UNKNOWN = State()


class ArticleRow(NamedTuple):
    id: int
    kind: str
    created_at: datetime
    updated_at: datetime
    source: str | None
    author: str | None


class PostRow(NamedTuple):
    id: int
    article: int
    role: str
    position: int
    is_accepted: bool
    score: int
    author: str


class TagNames(NamedTuple):
    term: str
    names: Indexed


@dataclasses.dataclass(kw_only=True)
class Batch:
    """Everything that a few articles' documents are made from, by article and by post."""

    articles: Mapping[int, ArticleRow]
    tags: Mapping[int, Sequence[TagNames]]
    posts: Sequence[PostRow]
    texts: Mapping[int, Mapping[str, tuple[str, str]]]  # by language: title, and blocks as JSON
    snippets: Mapping[int, Sequence[tuple[int, str, str]]]  # code, and what it is said to print
    states: Mapping[int, State]  # by snippet


def read_batch(ids: Sequence[int]) -> Batch:
    """Return what is to be read of the articles that exist."""
    articles = Article.objects.filter(pk__in=ids).order_by()
    posts = Post.objects.filter(article__in=ids).order_by("article_id", "position")
    texts: dict[int, dict[str, tuple[str, str]]] = defaultdict(dict)
    for post, language, title, blocks in (
        Translation.objects.filter(post__article__in=ids)
        .order_by()
        .values_list("post_id", "language", "title", Cast("blocks", TextField()))
    ):
        texts[post][TO_PATH[language]] = (title, blocks)
    snippets: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    for post, snippet, code, claim in (
        PostSnippet.objects.filter(post__article__in=ids)
        .order_by("position")
        .values_list("post_id", "snippet_id", "snippet__code", "snippet__claim")
    ):
        snippets[post].append((snippet, code, claim))
    shown = {snippet for some in snippets.values() for snippet, _, _ in some}
    return Batch(
        articles={
            row[0]: ArticleRow._make(row)
            for row in articles.values_list(
                "id", "kind", "created_at", "updated_at", "source__kind", "source__author"
            )
        },
        tags=_tags(ids),
        posts=[
            PostRow._make(row)
            for row in posts.values_list(
                "id", "article_id", "role", "position", "is_accepted", "score", "author"
            )
        ],
        texts=texts,
        snippets=snippets,
        states=_states(shown) if shown else {},
    )


def _tags(ids: Sequence[int]) -> Mapping[int, Sequence[TagNames]]:
    @functools.cache
    def read(slug: str, *names: str) -> TagNames:
        return TagNames(f"tag:{slug}", index_text("\n".join(dict.fromkeys([slug, *names]))))

    tags: dict[int, list[TagNames]] = defaultdict(list)
    links = Article.tags.through.objects.filter(article__in=ids)
    for article, *names in links.values_list(
        "article_id", "tag__slug", "tag__name_zh", "tag__name_en"
    ):
        tags[article].append(read(*names))
    return tags


def _states(snippets: Iterable[int]) -> dict[int, State]:
    outcomes: dict[int, dict[str, str]] = defaultdict(dict)
    checked: dict[int, datetime] = {}
    reasons: dict[int, dict[str, None]] = defaultdict(dict)
    rows = Verification.objects.current().filter(snippet__in=snippets)
    for snippet, runtime, outcome, at, reason in rows.values_list(
        "snippet_id", "runtime", "outcome", "checked_at", "reason"
    ):
        outcomes[snippet][runtime] = outcome
        reasons[snippet][reason] = None
        checked[snippet] = max(at, checked.get(snippet, at))
    return {
        snippet: State(
            tone=outcome_tone(min(found.values(), key=rank)),
            outcomes=found,
            reasons=tuple(reasons[snippet]),
            checked_at=checked[snippet],
        )
        for snippet, found in outcomes.items()
    }
