"""The article page: its texts and cards, in reading order, in one language or in both."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Prefetch

from kb.alignment import align
from kb.languages import BY_PATH, html_lang
from kb.listing import Title, choose_title
from kb.models import Article, Language, Post, Tag, Translation
from kb.rendering import PLACEHOLDER, Block, snippet_ids
from snippets.cards import Card, Summary, load_cards, summarise


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    """One level of the page: a card, HTML across, or HTML in two columns."""

    card: Card | None = None
    is_repeated: bool = False  # the card stands further up already, which has its address
    left: str = ""
    right: str | None = None  # None: across


@dataclasses.dataclass(frozen=True, kw_only=True)
class PostView:
    post: Post
    lang: str  # of the left or only column
    right_lang: str  # empty: one column
    is_other_language: bool  # the wanted one is missing
    rows: Sequence[Row]


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


def load_article(article_id: int) -> Article:
    """Return the article with all that its page shows of it; raises Article.DoesNotExist."""
    texts = Translation.objects.defer("markdown")
    posts = Post.objects.order_by("position").prefetch_related(
        Prefetch("translations", queryset=texts)
    )
    return (
        Article.objects.select_related("source")
        .prefetch_related(Prefetch("posts", queryset=posts), "tags")
        .get(pk=article_id)
    )


def view_article(article: Article, *, lang: str, is_both: bool) -> ArticleView:
    """Return the page in `lang`, or with both languages side by side."""
    posts = _accepted_first(article.posts.all())
    texts = [{text.language: text for text in post.translations.all()} for post in posts]
    ids = [id_ for by_language in texts for text in by_language.values()
           for id_ in snippet_ids(text.blocks)]  # fmt: skip
    cards = load_cards(list(dict.fromkeys(ids)))
    opening = texts[0] if texts else {}
    titles = {language: text.title for language, text in opening.items() if text.title}
    wanted = BY_PATH[lang]
    twins = [language for language in titles if language != wanted]
    views = [
        _view_post(post, by_language, cards, lang=lang, is_both=is_both)
        for post, by_language in zip(posts, texts, strict=True)
    ]
    return ArticleView(
        article=article,
        title=choose_title(titles, lang),
        twin=choose_title(titles, _path(twins[0])) if len(titles) > 1 else None,
        tags=list(article.tags.all()),
        languages=[_path(language) for language in opening],
        posts=_with_repeats(views),
        answer_count=sum(post.role == Post.Role.ANSWER for post in posts),
        summary=summarise({article.pk: ids}).get(article.pk),
    )


def _with_repeats(views: Iterable[PostView]) -> list[PostView]:
    seen: set[int] = set()
    marked: list[PostView] = []
    for view in views:
        rows: list[Row] = []
        for row in view.rows:
            rows.append(
                dataclasses.replace(row, is_repeated=bool(row.card and row.card.id in seen))
            )
            if row.card:
                seen.add(row.card.id)
        marked.append(dataclasses.replace(view, rows=rows))
    return marked


def _accepted_first(posts: Iterable[Post]) -> list[Post]:
    return sorted(
        posts, key=lambda post: (post.position > 0 and not post.is_accepted, post.position)
    )


def _path(language: str) -> str:
    return next(path for path, known in BY_PATH.items() if known == language)


def _view_post(
    post: Post,
    texts: Mapping[str, Translation],
    cards: Mapping[int, Card],
    *,
    lang: str,
    is_both: bool,
) -> PostView:
    values: dict[str, Any] = {"post": post, "right_lang": "", "is_other_language": False}
    if is_both and len(texts) > 1:
        rows = _both_rows(texts[Language.ZH].blocks, texts[Language.EN].blocks, cards)
        values |= {"lang": html_lang(Language.ZH), "right_lang": html_lang(Language.EN)}
        return PostView(rows=rows, **values)
    language = BY_PATH[lang] if BY_PATH[lang] in texts else Language(next(iter(texts), "en"))
    values |= {"lang": html_lang(language), "is_other_language": language != BY_PATH[lang]}
    blocks = texts[language].blocks if texts else []
    return PostView(rows=_rows(blocks, cards), **values)


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
