"""The article page: its texts and cards, in reading order, in one language or in both."""

import dataclasses
import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Max, Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kb.languages import BY_PATH, TO_PATH, html_lang
from kb.markdown.rendering import PLACEHOLDER, Block, snippet_ids
from kb.models import Article, Language, Post, Tag, Translation
from kb.reading.alignment import align
from kb.reading.contents import Entry, list_contents
from kb.reading.listing import Title, choose_title
from kb.storing.pending import render_article
from kb.storing.steps import OTHER, revisions_behind
from snippets.cards import Card, load_cards
from snippets.summaries import Summary, summarise_cards


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    """One level of the page: a card, HTML across, or HTML in two columns."""

    card: Card | None = None
    before: str = ""  # ids of the cards before it in the same text, for one session
    is_repeated: bool = False  # the card stands further up already, which has its address
    left: str = ""
    right: str | None = None  # None: across


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ahead:
    """The text in the language `path` went on by `revisions` since both said the same."""

    path: str
    revisions: int
    since: int  # the revision of `path` that the other text corresponds to


@dataclasses.dataclass(frozen=True, kw_only=True)
class PostView:
    post: Post
    lang: str  # of the left or only column
    right_lang: str  # empty: one column
    is_other_language: bool  # the wanted one is missing
    ahead: Ahead | None  # the other language says something newer
    is_unreviewed: bool  # a translator wrote it, and no reviewer has read it
    summary: Summary | None
    rows: Sequence[Row]

    @property
    def ref(self) -> str:
        """The post's id, as addresses have it."""
        return str(self.post.pk)

    @property
    def anchor(self) -> str:
        is_answer = self.post.role == Post.Role.ANSWER
        return f"answer-{self.post.position}" if is_answer else self.post.role

    @functools.cached_property
    def name(self) -> str:
        """What an answer is called; here, since a template takes ten times as long to say it."""
        return _("Answer %(number)s") % {"number": self.post.position}

    @functools.cached_property
    def votes(self) -> str:
        score = self.post.score
        return ngettext("%(n)s vote", "%(n)s votes", score) % {"n": score} if score else ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ArticleView:
    article: Article
    title: Title
    twin: Title | None
    tags: Sequence[Tag]
    languages: Sequence[str]  # those the opening post exists in, as in addresses
    posts: Sequence[PostView]
    answer_count: int
    summary: Summary | None
    contents: Sequence[Entry]  # empty where the page is short


def load_article(article_id: int) -> Article:
    """Return the article with all that its page shows of it; raises Article.DoesNotExist."""
    texts = Translation.objects.defer("markdown", "updated_at")
    posts = Post.objects.order_by("position").prefetch_related(
        Prefetch("translations", queryset=texts)
    )
    found = Article.objects.select_related("source").prefetch_related(
        Prefetch("posts", queryset=posts), "tags"
    )
    article = found.get(pk=article_id)
    if all(text.is_rendered for post in article.posts.all() for text in post.translations.all()):
        return article
    render_article(article_id=article_id)
    return found.get(pk=article_id)


def has_been_removed(article_id: int) -> bool:
    """Say whether there once was an article that is no more: numbers are given out once."""
    return 0 < article_id < (Article.objects.aggregate(last=Max("pk"))["last"] or 0)


def view_article(article: Article, *, lang: str, is_both: bool) -> ArticleView:
    """Return the page in `lang`, or with both languages side by side."""
    posts = list(article.posts.all())
    texts = {post.pk: {t.language: t for t in post.translations.all()} for post in posts}
    ids = {pk: _snippets_of(by_language.values()) for pk, by_language in texts.items()}
    every = {id_ for some in ids.values() for id_ in some}
    cards = load_cards(list(every))
    summaries = summarise_cards(
        {article.pk: every, **{-pk: some for pk, some in ids.items()}}, cards
    )
    posts = best_first(posts, {post.pk: summaries.get(-post.pk) for post in posts})
    opening = texts[posts[0].pk] if posts else {}
    titles = {language: text.title for language, text in opening.items() if text.title}
    twins = [language for language in titles if language != BY_PATH[lang]]
    views = [
        _view_post(post, texts[post.pk], cards, summaries.get(-post.pk), lang=lang, is_both=is_both)
        for post in posts
    ]
    return ArticleView(
        article=article,
        title=choose_title(titles, lang),
        twin=choose_title(titles, _path(twins[0])) if len(titles) > 1 else None,
        tags=list(article.tags.all()),
        languages=[_path(language) for language in opening],
        posts=_with_repeats(views),
        answer_count=sum(post.role == Post.Role.ANSWER for post in posts),
        summary=summaries.get(article.pk),
        contents=list_contents(views, wanted=html_lang(BY_PATH[lang])),
    )


def best_first(posts: Iterable[Post], summaries: Mapping[int, Summary | None]) -> list[Post]:
    """Return the posts in reading order: the opening one, then answers by what they are worth.

    By score, those whose code works first, then the accepted one, the newest day, as written.
    """

    def worth(post: Post) -> tuple[Any, ...]:
        is_answer = post.role == Post.Role.ANSWER
        day = post.created_at.date().toordinal() if is_answer else 0
        return (
            is_answer,
            -post.score,
            _fares(summaries.get(post.pk)),
            not post.is_accepted,
            -day,
            post.position,
        )

    return sorted(posts, key=worth)


def _fares(summary: Summary | None) -> int:
    if summary is None:
        return 1
    return 0 if summary.working == summary.snippets else 1 if not summary.failing else 2


def _snippets_of(texts: Iterable[Translation]) -> list[int]:
    return list(dict.fromkeys(id_ for text in texts for id_ in snippet_ids(text.blocks)))


def _with_repeats(views: Iterable[PostView]) -> list[PostView]:
    """Note at each card whether it was shown above, and which cards of its text precede it."""
    seen: set[int] = set()
    marked: list[PostView] = []
    for view in views:
        rows: list[Row] = []
        earlier: list[str] = []
        for row in view.rows:
            if row.card is None:
                rows.append(row)
                continue
            is_repeated = row.card.id in seen
            rows.append(
                dataclasses.replace(row, is_repeated=is_repeated, before=",".join(earlier[-20:]))
            )
            seen.add(row.card.id)
            if row.card.is_runnable:
                earlier.append(str(row.card.id))
        marked.append(dataclasses.replace(view, rows=rows))
    return marked


def _path(language: str) -> str:
    return TO_PATH[Language(language)]


def _view_post(
    post: Post,
    texts: Mapping[str, Translation],
    cards: Mapping[int, Card],
    summary: Summary | None,
    *,
    lang: str,
    is_both: bool,
) -> PostView:
    values: dict[str, Any] = {
        "post": post,
        "right_lang": "",
        "is_other_language": False,
        "ahead": _ahead(texts, BY_PATH[lang], is_both=is_both),
        "summary": summary,
    }
    if is_both and len(texts) > 1:
        values["is_unreviewed"] = any(text.review_since for text in texts.values())
        rows = _both_rows(texts[Language.ZH].blocks, texts[Language.EN].blocks, cards)
        values |= {"lang": html_lang(Language.ZH), "right_lang": html_lang(Language.EN)}
        return PostView(rows=rows, **values)
    language = BY_PATH[lang] if BY_PATH[lang] in texts else Language(next(iter(texts), "en"))
    values |= {"lang": html_lang(language), "is_other_language": language != BY_PATH[lang]}
    values["is_unreviewed"] = bool(texts) and texts[language].review_since is not None
    blocks = texts[language].blocks if texts else []
    return PostView(rows=_rows(blocks, cards), **values)


def _ahead(texts: Mapping[str, Translation], language: Language, *, is_both: bool) -> Ahead | None:
    """Return how far the other language went on; side by side, how far either did."""
    for behind in [language, OTHER[language]] if is_both else [language]:
        if count := revisions_behind(texts, behind):
            since = texts[behind].in_step_with
            return Ahead(path=TO_PATH[OTHER[behind]], revisions=count, since=since)
    return None


def _rows(blocks: Sequence[Block], cards: Mapping[int, Card]) -> list[Row]:
    """Return one language's rows; a card amid a list cuts the list's HTML in two."""
    rows: list[Row] = []
    html = ""
    for block in blocks:
        text = f"<!--snippet:{block['snippet']}-->" if block["kind"] == "snippet" else block["html"]
        before, *rest = PLACEHOLDER.split(text)
        html += before + "\n"
        for id_, after in zip(rest[::2], rest[1::2], strict=True):
            rows += [Row(left=html), Row(card=cards[int(id_)])]
            html = after
    return [*rows, Row(left=html)]


def _both_rows(
    left: Sequence[Block], right: Sequence[Block], cards: Mapping[int, Card]
) -> list[Row]:
    rows: list[Row] = []
    shown: set[int] = set()

    def across(ids: Iterable[int]) -> None:
        for id_ in ids:
            if id_ not in shown:
                shown.add(id_)
                rows.append(Row(card=cards[id_]))

    for row in align(left, right):
        ids = snippet_ids([*row.left, *row.right])
        if row.is_shared and row.left[0]["kind"] == "snippet":
            across(ids)
            continue
        rows.append(
            Row(
                left=_without_cards(row.left),
                right=None if row.is_shared else _without_cards(row.right),
            )
        )
        # A card needs the whole width: those amid a list follow the list.
        across(ids)
    return rows


def _without_cards(blocks: Sequence[Block]) -> str:
    html = "\n".join(block["html"] for block in blocks)
    return PLACEHOLDER.sub('<p class="below">⤓</p>', html)
