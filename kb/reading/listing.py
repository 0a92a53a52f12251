"""Lists of articles: what a row shows, in a number of queries that does not grow."""

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, cast

from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db.models import Count, QuerySet
from django.http import Http404
from django.utils.safestring import SafeString

from kb.languages import BY_PATH, html_lang
from kb.models import Article, Language, Post, PostSnippet, Tag, Translation
from kb.reading.choices import Choices, Link
from kb.reading.typography import with_word_borders
from snippets.summaries import Summary, summarise

ROWS_PER_PAGE = 20


@dataclasses.dataclass(frozen=True, kw_only=True)
class Title:
    text: str
    lang: str  # for the HTML attribute

    @property
    def html(self) -> SafeString:
        return with_word_borders(self.text)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    article: Article
    title: Title
    twin: Title | None  # the same in the other language
    tags: Sequence[Tag]
    answer_count: int
    summary: Summary | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class ArticleList:
    choices: Choices
    rows: Sequence[Row]
    offered: Sequence[Link]  # filters that would narrow it
    number: int
    page_count: int
    total: int

    @property
    def previous(self) -> str:
        return self.choices.address(page=str(self.number - 1)) if self.number > 1 else ""

    @property
    def next(self) -> str:
        has_next = self.number < self.page_count
        return self.choices.address(page=str(self.number + 1)) if has_next else ""


def list_articles(articles: QuerySet[Article], *, lang: str, choices: Choices) -> ArticleList:
    """Return a page of rows; a page that is not there is Http404."""
    found = choices.ordered(choices.filtered(articles))
    paginator = Paginator(found, ROWS_PER_PAGE)
    try:
        page = paginator.page(choices.page)
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404(f"page {choices.page!r}: there are {paginator.num_pages}") from error
    return ArticleList(
        choices=choices,
        rows=_rows(cast(Iterable[Article], page.object_list), lang=lang),
        offered=_offered(choices, choices.filtered(articles)),
        number=page.number,
        page_count=paginator.num_pages,
        total=paginator.count,
    )


def first_articles(articles: QuerySet[Article], *, lang: str, count: int) -> list[Row]:
    return _rows(articles[:count], lang=lang)


def _offered(choices: Choices, articles: QuerySet[Article]) -> list[Link]:
    """Return the filters that would narrow the list, with what each would leave."""
    kinds: Counter[str] = Counter()
    healths: Counter[str] = Counter()
    grouped = articles.order_by().values_list("kind", "health").annotate(n=Count("pk"))
    for kind, health, number in grouped:
        kinds[kind] += number
        healths[health] += number
    links = []
    if len(kinds) > 1:
        links += [_filter(Article.Kind(kind).label, kinds[kind], choices.address(kind=kind))
                  for kind in Article.Kind.values if kinds[kind]]  # fmt: skip
    if len(healths) > 1:
        links += [_filter(Article.Health(one).label, healths[one], choices.address(health=one))
                  for one in Article.Health.values if healths[one]]  # fmt: skip
    return links


def _filter(label: Any, count: int, address: str) -> Link:
    return Link(label=label, address=address, count=count)


def _rows(articles: Iterable[Article], *, lang: str) -> list[Row]:
    shown = list(articles)
    ids = [article.pk for article in shown]
    titles: dict[int, dict[str, str]] = defaultdict(dict)
    # A translation may lack a title: an import has only what its source had.
    for id_, language, title in Translation.objects.filter(
        post__article__in=ids, post__position=0, title__gt=""
    ).values_list("post__article_id", "language", "title"):
        titles[id_][language] = title
    tags: dict[int, list[Tag]] = defaultdict(list)
    for link in Article.tags.through.objects.filter(article__in=ids).select_related("tag"):
        tags[link.article_id].append(link.tag)
    answers: dict[int, int] = defaultdict(int)
    for id_ in Post.objects.filter(article__in=ids, role=Post.Role.ANSWER).values_list(
        "article_id", flat=True
    ):
        answers[id_] += 1
    summaries = summarise(snippet_ids_of(ids))
    return [
        Row(
            article=article,
            title=choose_title(titles[article.pk], lang),
            twin=_twin(titles[article.pk], lang),
            tags=sorted(tags[article.pk], key=lambda tag: tag.slug),
            answer_count=answers[article.pk],
            summary=summaries.get(article.pk),
        )
        for article in shown
    ]


def snippet_ids_of(article_ids: Iterable[int]) -> dict[int, list[int]]:
    """Return the ids of the snippets that each article shows."""
    found: dict[int, list[int]] = defaultdict(list)
    for article_id, snippet_id in PostSnippet.objects.filter(
        post__article__in=list(article_ids)
    ).values_list("post__article_id", "snippet_id"):
        found[article_id].append(snippet_id)
    return found


def choose_title(titles: dict[str, str], lang: str) -> Title:
    """Return the title in the reader's language, else in the other one."""
    wanted = BY_PATH[lang]
    language = wanted if wanted in titles else Language(next(iter(titles), wanted))
    return Title(text=titles.get(language, "?"), lang=html_lang(language))


def _twin(titles: dict[str, str], lang: str) -> Title | None:
    others = [language for language in titles if language != BY_PATH[lang]]
    if len(titles) < 2 or not others:
        return None
    return Title(text=titles[others[0]], lang=html_lang(Language(others[0])))
