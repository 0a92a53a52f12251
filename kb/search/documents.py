"""Articles → documents of an index."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, groupby
from operator import attrgetter
from typing import NamedTuple

import orjson

from kb.models import Post
from kb.search.analyzer import NOTHING, Indexed, index_text, words_of
from kb.search.batches import UNKNOWN, Batch, PostRow, State, read_batch
from kb.search.engines.base import Document, title_key
from kb.search.terms import exact_term
from kb.search.texts import Text, identifiers_of, read_blocks
from kb.search.words import STOP_TOKENS
from snippets.models import Verification
from snippets.presentation import Tone, outcome_tone

LONGEST_SHOWN = 20_000
"""Characters of a text that are kept for showing where it matched."""

IS_ROLE = {role: f"is:{role}" for role in Post.Role.values} | {Post.Role.BODY.value: "is:guide"}

Titles = dict[str, str]  # by language, as in addresses


class Head(NamedTuple):
    """What the documents of an article have in common."""

    article: int
    kind: str
    answers: int
    created: int
    updated: int
    titles: Titles
    title: str
    title_zh: int
    title_en: int
    key_zh: int
    key_en: int
    lexemes: Sequence[str]  # of the titles
    tags: str  # the tokens of their names
    extras: frozenset[str]
    terms: Sequence[str]


class Body(NamedTuple):
    """What a post says."""

    texts: Mapping[str, Text]  # by language
    prose: Sequence[Indexed]
    code: str
    states: Sequence[State]  # of its snippets
    claims: Sequence[str]  # what they are said to print


def build_documents(article_ids: Iterable[int]) -> Iterator[Document]:
    """Yield a document for each post of the articles that exist."""
    batch = read_batch(list(article_ids))
    for _, posts in groupby(batch.posts, key=attrgetter("article")):
        yield from _documents(batch, list(posts))


def _documents(batch: Batch, posts: Sequence[PostRow]) -> Iterator[Document]:
    """Yield the documents of one article's posts; the words of all of them are in the first."""
    head = _head(batch, posts)
    bodies = [_body(batch, post) for post in posts]
    prose = [one.lexemes for body in bodies for one in body.prose]
    words = " ".join(words_of(chain(head.lexemes, *prose)))
    for post, body in zip(posts, bodies, strict=True):
        yield _document(head, post, body, words)
        words = ""


def _head(batch: Batch, posts: Sequence[PostRow]) -> Head:
    opening = posts[0]
    article = batch.articles[opening.article]
    titles: Titles = {}
    if opening.position == 0:
        titles = {lang: title for lang, (title, _) in batch.texts[opening.id].items() if title}
    indexed = {lang: index_text(title) for lang, title in titles.items()}
    tags = batch.tags.get(article.id, ())
    names = [tag.names for tag in tags]
    terms = [tag.term for tag in tags]
    if article.source:
        terms.append(exact_term("source", article.source))
    if article.author:
        terms.append(exact_term("author", article.author))
    title_zh, key_zh = _measured(indexed.get("zh"))
    title_en, key_en = _measured(indexed.get("en"))
    return Head(
        article=article.id,
        kind=article.kind,
        answers=sum([post.role == Post.Role.ANSWER for post in posts]),
        created=_day(article.created_at),
        updated=int(article.updated_at.timestamp()),
        titles=titles,
        title=_joined(*indexed.values()),
        title_zh=title_zh,
        title_en=title_en,
        key_zh=key_zh,
        key_en=key_en,
        lexemes=[lexeme for one in indexed.values() for lexeme in one.lexemes],
        tags=" ".join([one.text for one in names]),
        extras=NOTHING.union(*[one.extras for one in (*indexed.values(), *names)]),
        terms=terms,
    )


def _joined(*parts: Indexed) -> str:
    extras = chain.from_iterable([part.extras for part in parts])
    return " ".join([*[part.text for part in parts], *extras])


def _measured(title: Indexed | None) -> tuple[int, int]:
    """Return how many different words that say something a title has, and its key."""
    if title is None:
        return 0, 0
    tokens = title.text.split()
    return len(set(tokens) - STOP_TOKENS), title_key(tokens)


def _day(moment: datetime) -> int:
    return moment.year * 10_000 + moment.month * 100 + moment.day


def _body(batch: Batch, post: PostRow) -> Body:
    texts = {
        lang: read_blocks(orjson.loads(blocks))
        for lang, (_, blocks) in batch.texts[post.id].items()
    }
    snippets = batch.snippets.get(post.id, ())
    # The same code stands in both languages.
    static = dict.fromkeys([text.code for text in texts.values() if text.code])
    return Body(
        texts=texts,
        prose=[index_text(text.prose) for text in texts.values()],
        code="\n".join([*[code for _, code, _ in snippets], *static]),
        states=[batch.states.get(snippet, UNKNOWN) for snippet, _, _ in snippets],
        claims=[claim for _, _, claim in snippets],
    )


def _document(head: Head, post: PostRow, body: Body, words: str) -> Document:
    code = index_text(body.code)
    # What the code prints, and its errors.
    others = [*body.claims, *[reason for state in body.states for reason in state.reasons]]
    every = [*body.prose, code, index_text("\n".join(others))]
    extras = head.extras.union(*[part.extras for part in every])
    inline = [name for text in body.texts.values() for name in text.inline]
    verified = verified_terms(body.states)
    checked = [state.checked_at for state in body.states if state.checked_at]
    return Document(
        post=post.id,
        article=head.article,
        title=head.title,
        # The extras come last, where they part no phrase.
        text=" ".join([head.title, head.tags, *[part.text for part in every], *extras]),
        code=_joined(code),
        identifiers=" ".join(identifiers_of("\n".join([body.code, *inline]))),
        words=words,
        terms=(
            *head.terms,
            *_terms(post, body.texts),
            *[f"verified:{value}" for value in verified],
            *[f"runs-on:{runtime}" for runtime in runs_on(body.states)],
        ),
        score=post.score,
        answers=head.answers,
        created=head.created,
        updated=head.updated,
        verified_at=int(max(checked).timestamp()) if checked and "yes" in verified else 0,
        health=1 if "yes" in verified else -1 if "failed" in verified else 0,
        title_zh=head.title_zh,
        title_en=head.title_en,
        key_zh=head.key_zh,
        key_en=head.key_en,
        shown=_shown(head, post, body),
    )


def _terms(post: PostRow, languages: Iterable[str]) -> list[str]:
    terms = [f"lang:{lang}" for lang in languages]
    terms.append(IS_ROLE[post.role])
    if post.is_accepted:
        terms.append("is:accepted")
    if post.position == 0:
        terms.append("opening")
    if post.author:
        terms.append(exact_term("author", post.author))
    return terms


def verified_terms(states: Sequence[State]) -> list[str]:
    """Return the values of the `verified` filter that a post with these snippets answers to."""
    if not states:
        return []
    tones = {state.tone for state in states}
    if tones == {Tone.OK}:
        return ["yes"]
    values = ["no"]
    if Tone.BAD in tones or Tone.WARN in tones:
        values.append("failed")
    if any(Verification.Outcome.STALE in state.outcomes.values() for state in states):
        values.append("stale")
    return values


def runs_on(states: Sequence[State]) -> list[str]:
    """Return the runtimes on which some snippet works and none that was tried fails."""
    tried = [one for state in states for one in state.outcomes.items()]
    failing = {runtime for runtime, outcome in tried if outcome_tone(outcome) is not Tone.OK}
    return sorted({runtime for runtime, _ in tried} - failing)


def _shown(head: Head, post: PostRow, body: Body) -> bytes:
    values = {
        "kind": head.kind,
        "role": post.role,
        "position": post.position,
        "accepted": post.is_accepted,
        "titles": head.titles,
        "prose": {lang: text.prose[:LONGEST_SHOWN] for lang, text in body.texts.items()},
        "code": body.code[:LONGEST_SHOWN],
    }
    return orjson.dumps(values)
