"""Articles in the database → documents of an index, a batch at a time, with constant queries."""

import dataclasses
import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

import orjson
from django.db.models import TextField
from django.db.models.functions import Cast

from kb.languages import TO_PATH
from kb.models import Article, Post, PostSnippet, Translation
from kb.search.analyzer import Indexed, extras_of, index_text, words_of
from kb.search.engines.base import Document, title_key
from kb.search.terms import exact_term
from kb.search.texts import Text, identifiers_of, read_blocks
from kb.search.words import STOP_TOKENS
from snippets.cards import rank
from snippets.models import Verification
from snippets.presentation import Tone, outcome_tone

LONGEST_SHOWN = 20_000
"""Characters of a text that are kept for showing where it matched."""

Titles = dict[str, str]  # by language, as in addresses


@dataclasses.dataclass(frozen=True, kw_only=True)
class State:
    """What is known of a snippet: its best outcome, and the outcome on each runtime."""

    outcomes: dict[str, str] = dataclasses.field(default_factory=dict)
    reasons: tuple[str, ...] = ()  # errors, as they are pasted into a search
    checked_at: datetime | None = None

    @functools.cached_property
    def tone(self) -> Tone:
        """The tone of the best outcome."""
        best = min(self.outcomes.values(), key=rank, default=Verification.Outcome.WAITING.value)
        return outcome_tone(best)


UNKNOWN = State()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Head:
    """What the documents of an article have in common."""

    article: int
    kind: str
    created: int
    updated: int
    titles: Titles
    title: str
    title_zh: int
    title_en: int
    key_zh: int
    key_en: int
    indexed: tuple[Indexed, ...]  # the titles
    tags: Indexed
    terms: tuple[str, ...]


@dataclasses.dataclass(kw_only=True)
class Batch:
    """Everything that a few articles' documents are made from, by article and by post."""

    articles: Mapping[int, Mapping[str, Any]]
    tags: Mapping[int, Sequence[tuple[str, str, str]]]  # slug and names
    posts: Sequence[Mapping[str, Any]]
    texts: Mapping[int, Mapping[str, tuple[str, str]]]  # by language: title, and blocks as JSON
    snippets: Mapping[int, Sequence[tuple[int, str, str]]]  # code, and what it is said to print
    states: Mapping[int, State]  # by snippet


def build_documents(article_ids: Iterable[int]) -> Iterator[Document]:
    """Yield a document for each post of the articles that exist."""
    batch = _read(list(article_ids))
    for article, some in groupby(batch.posts, key=itemgetter("article_id")):
        posts = list(some)
        answers = sum(post["role"] == Post.Role.ANSWER for post in posts)
        head = _head(batch, article, posts[0])
        for post in posts:
            yield _document(batch, head, post, answers)


def _read(ids: Sequence[int]) -> Batch:
    articles = {
        row["id"]: row
        for row in Article.objects.filter(pk__in=ids)
        .order_by()
        .values("id", "kind", "created_at", "updated_at", "source__kind", "source__author")
    }
    tags: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    links = Article.tags.through.objects.filter(article__in=ids).values_list(
        "article_id", "tag__slug", "tag__name_zh", "tag__name_en"
    )
    for article, *names in links:
        tags[article].append((names[0], names[1], names[2]))
    posts = list(
        Post.objects.filter(article__in=ids)
        .order_by("article_id", "position")
        .values("id", "article_id", "role", "position", "is_accepted", "score", "author")
    )
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
        articles=articles,
        tags=tags,
        posts=posts,
        texts=texts,
        snippets=snippets,
        states=_states(shown) if shown else {},
    )


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
        snippet: State(outcomes=found, checked_at=checked[snippet], reasons=tuple(reasons[snippet]))
        for snippet, found in outcomes.items()
    }


def _head(batch: Batch, article: int, opening: Mapping[str, Any]) -> Head:
    row = batch.articles[article]
    titles: Titles = {}
    if opening["position"] == 0:
        titles = {lang: title for lang, (title, _) in batch.texts[opening["id"]].items() if title}
    indexed = {lang: index_text(title) for lang, title in titles.items()}
    tags = batch.tags.get(article, [])
    names = index_text("\n".join(name for tag in tags for name in dict.fromkeys(tag)))
    terms = [f"tag:{tag[0]}" for tag in tags]
    if row["source__kind"]:
        terms.append(exact_term("source", row["source__kind"]))
    if row["source__author"]:
        terms.append(exact_term("author", row["source__author"]))
    zh, en = indexed.get("zh"), indexed.get("en")
    return Head(
        article=article,
        kind=row["kind"],
        created=_day(row["created_at"]),
        updated=int(row["updated_at"].timestamp()),
        titles=titles,
        title=_joined(*indexed.values()),
        title_zh=_length(zh),
        title_en=_length(en),
        key_zh=_key(zh),
        key_en=_key(en),
        indexed=tuple(indexed.values()),
        tags=names,
        terms=tuple(terms),
    )


def _document(batch: Batch, head: Head, post: Mapping[str, Any], answers: int) -> Document:
    texts = {
        lang: read_blocks(orjson.loads(blocks))
        for lang, (_, blocks) in batch.texts[post["id"]].items()
    }
    snippets = batch.snippets.get(post["id"], ())
    states = [batch.states.get(snippet, UNKNOWN) for snippet, _, _ in snippets]
    code = _code(texts.values(), [text for _, text, _ in snippets])
    inline = [name for text in texts.values() for name in text.inline]
    # What the code prints, and its errors.
    others = [*[claim for _, _, claim in snippets], *[r for s in states for r in s.reasons]]
    prose = [index_text(text.prose) for text in texts.values()]
    in_code, in_others = index_text(code), index_text("\n".join(others))
    every = [*prose, in_code, in_others, head.tags]
    extras = extras_of(*head.indexed, *every)
    verified = verified_terms(states)
    checked = [state.checked_at for state in states if state.checked_at]
    return Document(
        post=post["id"],
        article=head.article,
        title=head.title,
        # The extras come last, where they part no phrase.
        text=" ".join([head.title, *[part.text for part in every], *extras]),
        code=_joined(in_code),
        identifiers=" ".join(identifiers_of("\n".join([code, *inline]))),
        words=" ".join(words_of(*head.indexed, *prose)),
        terms=(
            *head.terms,
            *_terms(post, texts),
            *(f"verified:{value}" for value in verified),
            *(f"runs-on:{runtime}" for runtime in runs_on(states)),
        ),
        score=post["score"],
        answers=answers,
        created=head.created,
        updated=head.updated,
        verified_at=int(max(checked).timestamp()) if checked and "yes" in verified else 0,
        health=1 if "yes" in verified else -1 if "failed" in verified else 0,
        title_zh=head.title_zh,
        title_en=head.title_en,
        key_zh=head.key_zh,
        key_en=head.key_en,
        shown=_shown(head, post, texts, code),
    )


def _joined(*parts: Indexed) -> str:
    extras = chain.from_iterable(map(extras_of, parts))
    return " ".join([*[part.text for part in parts], *extras])


def _length(title: Indexed | None) -> int:
    """Return how many different words that say something a title has."""
    return len(set(title.text.split()) - STOP_TOKENS) if title else 0


def _key(title: Indexed | None) -> int:
    return title_key(title.text.split()) if title else 0


def _day(moment: datetime) -> int:
    return moment.year * 10_000 + moment.month * 100 + moment.day


def _code(texts: Iterable[Text], snippets: Sequence[str]) -> str:
    # The same code stands in both languages.
    static = dict.fromkeys(text.code for text in texts if text.code)
    return "\n".join([*snippets, *static])


def _terms(post: Mapping[str, Any], texts: Mapping[str, Text]) -> Iterator[str]:
    yield from (f"lang:{lang}" for lang in texts)
    yield f"is:{'guide' if post['role'] == Post.Role.BODY else post['role']}"
    if post["is_accepted"]:
        yield "is:accepted"
    if post["position"] == 0:
        yield "opening"
    if post["author"]:
        yield exact_term("author", post["author"])


def verified_terms(states: Sequence[State]) -> list[str]:
    """Return the values of the `verified` filter that a post with these snippets answers to."""
    if not states:
        return []
    tones = [state.tone for state in states]
    if all(tone is Tone.OK for tone in tones):
        return ["yes"]
    stale = any(
        outcome == Verification.Outcome.STALE for s in states for outcome in s.outcomes.values()
    )
    failed = any(tone in {Tone.BAD, Tone.WARN} for tone in tones)
    return ["no", *(["failed"] if failed else []), *(["stale"] if stale else [])]


def runs_on(states: Sequence[State]) -> list[str]:
    """Return the runtimes on which some snippet works and none that was tried fails."""
    tones: dict[str, list[bool]] = defaultdict(list)
    for state in states:
        for runtime, outcome in state.outcomes.items():
            tones[runtime].append(outcome_tone(outcome) is Tone.OK)
    return sorted(runtime for runtime, works in tones.items() if all(works))


def _shown(head: Head, post: Mapping[str, Any], texts: Mapping[str, Text], code: str) -> str:
    values = {
        "kind": head.kind,
        "role": post["role"],
        "position": post["position"],
        "accepted": post["is_accepted"],
        "titles": head.titles,
        "prose": {lang: text.prose[:LONGEST_SHOWN] for lang, text in texts.items()},
        "code": code[:LONGEST_SHOWN],
    }
    return orjson.dumps(values).decode()
