"""Articles in the database → documents of an index, a batch at a time, with constant queries."""

import dataclasses
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from kb.languages import TO_PATH
from kb.models import Article, Language, Post, PostSnippet, Translation
from kb.search.analyzer import Indexed, extras_of, index_text, words_of
from kb.search.engines.base import Document, title_key
from kb.search.terms import exact_term
from kb.search.texts import Text, identifiers_of, read_blocks
from kb.search.words import STOP_TOKENS
from snippets.cards import rank
from snippets.models import Snippet, Verification
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

    @property
    def best(self) -> str:
        return min(self.outcomes.values(), key=rank, default=Verification.Outcome.WAITING.value)


@dataclasses.dataclass(kw_only=True)
class Batch:
    """Everything that a few articles' documents are made from."""

    articles: Mapping[int, Mapping[str, Any]]
    tags: dict[int, list[tuple[str, str, str]]]  # slug and names
    posts: Sequence[Mapping[str, Any]]
    texts: dict[int, dict[str, tuple[str, list[dict[str, Any]]]]]  # post → language → title, blocks
    placements: dict[int, list[int]]
    code: dict[int, tuple[str, str]]  # and what its author says it prints
    states: dict[int, State]


def build_documents(article_ids: Iterable[int]) -> Iterator[Document]:
    """Yield a document for each post of the articles that exist."""
    batch = _read(list(article_ids))
    titles: dict[int, Titles] = defaultdict(dict)
    answers: dict[int, int] = defaultdict(int)
    for post in batch.posts:
        answers[post["article_id"]] += post["role"] == Post.Role.ANSWER
        if post["position"] == 0:
            for lang, (title, _) in batch.texts[post["id"]].items():
                if title:
                    titles[post["article_id"]][lang] = title
    analyzed = {
        article: {lang: index_text(title) for lang, title in by_lang.items()}
        for article, by_lang in titles.items()
    }
    for post in batch.posts:
        article = post["article_id"]
        yield _document(batch, post, titles[article], analyzed.get(article, {}), answers[article])


def _read(ids: Sequence[int]) -> Batch:
    articles = {
        row["id"]: row
        for row in Article.objects.filter(pk__in=ids).order_by().values(
            "id", "kind", "created_at", "updated_at",
            "source__kind", "source__author", "source__external_id",
        )
    }  # fmt: skip
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
    texts: dict[int, dict[str, tuple[str, list[dict[str, Any]]]]] = defaultdict(dict)
    for post, language, title, blocks in (
        Translation.objects.filter(post__article__in=ids)
        .order_by()
        .values_list("post_id", "language", "title", "blocks")
    ):
        texts[post][TO_PATH[Language(language)]] = (title, blocks)
    placements: dict[int, list[int]] = defaultdict(list)
    for post, snippet in (
        PostSnippet.objects.filter(post__article__in=ids)
        .order_by("position")
        .values_list("post_id", "snippet_id")
    ):
        placements[post].append(snippet)
    wanted = {snippet for some in placements.values() for snippet in some}
    code: dict[int, tuple[str, str]] = {}
    if wanted:
        rows = Snippet.objects.filter(pk__in=wanted).values_list("pk", "code", "claim")
        code = {pk: (text, claim) for pk, text, claim in rows}
    return Batch(
        articles=articles,
        tags=tags,
        posts=posts,
        texts=texts,
        placements=placements,
        code=code,
        states=_states(wanted) if wanted else {},
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


def _document(
    batch: Batch,
    post: Mapping[str, Any],
    titles: Titles,
    analyzed_titles: Mapping[str, Indexed],
    answers: int,
) -> Document:
    article = batch.articles[post["article_id"]]
    texts = {lang: read_blocks(blocks) for lang, (_, blocks) in batch.texts[post["id"]].items()}
    snippets = batch.placements.get(post["id"], [])
    states = [batch.states.get(snippet, State()) for snippet in snippets]
    code = _code(texts, [batch.code[snippet][0] for snippet in snippets])
    inline = " ".join(name for text in texts.values() for name in text.inline)
    title = _joined(analyzed_titles.values())
    analyzed_code = index_text(code)
    others = [batch.code[snippet][1] for snippet in snippets]  # what it prints, and its errors
    others += [reason for state in states for reason in state.reasons]
    others += [name for tag in batch.tags[article["id"]] for name in dict.fromkeys(tag)]
    prose = [index_text(text.prose) for text in texts.values()]
    read = frozenset().union(*(part.lexemes for part in (*analyzed_titles.values(), *prose)))
    rest = [analyzed_code, index_text("\n".join(others))]
    extras = extras_of(read.union(*(part.lexemes for part in rest)))
    verified = verified_terms(states)
    checked = [state.checked_at for state in states if state.checked_at]
    return Document(
        post=post["id"],
        article=article["id"],
        title=title,
        # The extras come last, where they part no phrase.
        text=" ".join([title, *(part.text for part in (*prose, *rest)), *extras]),
        code=_joined([analyzed_code]),
        identifiers=" ".join(identifiers_of(f"{code}\n{inline}")),
        words=" ".join(words_of(read)),
        terms=(
            *_terms(batch, article, post, texts),
            *(f"verified:{value}" for value in verified),
            *(f"runs-on:{runtime}" for runtime in runs_on(states)),
        ),
        score=post["score"],
        answers=answers,
        created=_day(article["created_at"]),
        updated=int(article["updated_at"].timestamp()),
        verified_at=int(max(checked).timestamp()) if checked and "yes" in verified else 0,
        health=1 if "yes" in verified else -1 if "failed" in verified else 0,
        title_zh=_length(analyzed_titles.get("zh")),
        title_en=_length(analyzed_titles.get("en")),
        key_zh=_key(analyzed_titles.get("zh")),
        key_en=_key(analyzed_titles.get("en")),
        shown=_shown(article, post, titles, texts, code),
    )


def _joined(parts: Iterable[Indexed]) -> str:
    every = list(parts)
    extras = (extra for part in every for extra in extras_of(part.lexemes))
    return " ".join([*(part.text for part in every), *extras])


def _length(title: Indexed | None) -> int:
    """Return how many different words that say something a title has."""
    return len(set(title.text.split()) - STOP_TOKENS) if title else 0


def _key(title: Indexed | None) -> int:
    return title_key(title.text.split()) if title else 0


def _day(moment: datetime) -> int:
    return moment.year * 10_000 + moment.month * 100 + moment.day


def _code(texts: Mapping[str, Text], snippets: Sequence[str]) -> str:
    # The same code stands in both languages.
    static = dict.fromkeys(text.code for text in texts.values() if text.code)
    return "\n".join([*snippets, *static])


def _terms(
    batch: Batch, article: Mapping[str, Any], post: Mapping[str, Any], texts: Mapping[str, Text]
) -> Iterator[str]:
    yield from (f"tag:{tag[0]}" for tag in batch.tags[article["id"]])
    yield from (f"lang:{lang}" for lang in texts)
    yield f"is:{'guide' if post['role'] == Post.Role.BODY else post['role']}"
    if post["is_accepted"]:
        yield "is:accepted"
    if post["position"] == 0:
        yield "opening"
    if article["source__kind"]:
        yield exact_term("source", article["source__kind"])
    for author in filter(None, (post["author"], article["source__author"])):
        yield exact_term("author", author)


def verified_terms(states: Sequence[State]) -> list[str]:
    """Return the values of the `verified` filter that a post with these snippets answers to."""
    if not states:
        return []
    tones = [outcome_tone(state.best) for state in states]
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


def _shown(
    article: Mapping[str, Any],
    post: Mapping[str, Any],
    titles: Titles,
    texts: Mapping[str, Text],
    code: str,
) -> str:
    values = {
        "kind": article["kind"],
        "role": post["role"],
        "position": post["position"],
        "accepted": post["is_accepted"],
        "titles": titles,
        "prose": {lang: text.prose[:LONGEST_SHOWN] for lang, text in texts.items()},
        "code": code[:LONGEST_SHOWN],
    }
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))
