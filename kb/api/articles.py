"""Articles: lists of them, and one with all that it says."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, Field

from kb.api.answers import answer
from kb.api.paging import NEWEST, Order, Paging, take
from kb.api.posts import PostTold, tell_post
from kb.api.problems import FieldError, Problem, not_found
from kb.api.shapes import Lang, Moment, OneOf, Page, Text, Told, When
from kb.languages import BY_PATH, TO_PATH
from kb.models import Article, Language, Post, Tag, Translation
from kb.reading.pages import has_been_removed
from kb.reading.versions import site_version
from kb.tagging import find_tag

router = Router(tags=["articles"])

CHANGED = Order(name="changed", fields=("changed_at", "pk"), kinds=(datetime, int))
ORDERS: Mapping[str, Order] = {"newest": NEWEST, "changed": CHANGED}
TAGS_TOGETHER = 3

Kind = Annotated[str, OneOf(tuple(Article.Kind.values))]
Health = Annotated[str, OneOf(tuple(Article.Health.values))]
TagName = Annotated[Text, Field(min_length=1, max_length=60)]


class ArticleLine(Told):
    id: int
    kind: Kind
    slug: str
    titles: Mapping[Lang, str] = Field(description="By language; one that is missing is left out.")
    tags: Sequence[str] = Field(description="Slugs.")
    health: Health = Field(description="How the article's code fares.")
    score: int
    answer_count: int
    view_count: int
    created_at: When
    updated_at: When = Field(description="When its text changed.")
    changed_at: When = Field(description="When anything that its page shows changed.")
    verified_at: When | None = Field(description="The latest check of its code.")
    broke_at: When | None = Field(description="Since when it is broken.")
    urls: Mapping[Lang, str] = Field(description="Its pages.")


class SourceTold(Told):
    url: str
    title: str
    author: str
    licence: str


class ArticleTold(ArticleLine):
    source: SourceTold | None = Field(description="Where it came from.")
    posts: Sequence[PostTold] = Field(description="The question or the body, then the answers.")


class ArticleFilters(BaseModel):
    tag: Annotated[
        list[TagName],
        Field(max_length=TAGS_TOGETHER, description="Slugs or synonyms; each of them must be on."),
    ] = []
    kind: Kind | None = None
    health: Health | None = None
    language: Annotated[Lang | None, Field(description="Those that exist in it.")] = None
    changed_since: Annotated[
        Moment | None,
        Field(
            description="Those whose page changed since. With order=changed, to follow the site."
        ),
    ] = None
    order: Annotated[
        Literal["newest", "changed"],
        Field(description="The newest first, or those that changed last at the end."),
    ] = "newest"


@router.get("/articles", response=Page[ArticleLine], summary=gettext_noop("List articles"))
def list_articles(
    request: HttpRequest, filters: Query[ArticleFilters], paging: Query[Paging]
) -> HttpResponse:
    def make() -> Page[ArticleLine]:
        shown, cursor = take(_filtered(filters), ORDERS[filters.order], paging)
        return Page[ArticleLine](items=tell_lines(request, shown), next_cursor=cursor)

    return answer(request, make, version=site_version())


@router.get(
    "/articles/{id:article_id}", response=ArticleTold, summary=gettext_noop("Read an article")
)
def read_article(request: HttpRequest, article_id: int) -> HttpResponse:
    """The article with its posts, each in every language that it has been written in."""
    texts = Translation.objects.defer("blocks")
    posts = Post.objects.order_by("position").prefetch_related(
        Prefetch("translations", queryset=texts), "placements"
    )
    found = Article.objects.select_related("source").filter(pk=article_id)
    head = found.first()
    if head is None and has_been_removed(article_id):
        raise Problem(HTTPStatus.GONE, "gone", f"Article {article_id} was removed.")
    if head is None:
        raise not_found(f"article {article_id}")

    def make() -> ArticleTold:
        (line,) = tell_lines(request, [head])
        source = head.source
        return ArticleTold(
            **dict(line),
            source=SourceTold.model_validate(source, from_attributes=True) if source else None,
            posts=[tell_post(post) for post in posts.filter(article=head)],
        )

    return answer(request, make, version=f"{head.pk}/{head.changed_at}", changed_at=head.changed_at)


def _filtered(filters: ArticleFilters) -> QuerySet[Article]:
    tags = [_tag(name, place) for place, name in enumerate(filters.tag)]
    found: QuerySet[Article] = Article.objects.all().tagged(tags)
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.health:
        found = found.filter(health=filters.health)
    if filters.language:
        opening = Translation.objects.filter(
            post__position=0, language=BY_PATH[filters.language]
        ).values("post__article_id")
        found = found.filter(pk__in=opening)
    if filters.changed_since:
        found = found.filter(changed_at__gte=filters.changed_since)
    return found


def _tag(name: str, place: int) -> Tag:
    tag = find_tag(name)
    if tag is None:
        error = FieldError(parameter="tag", detail=f"there is no tag {name!r} (number {place + 1})")
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", "There is no such tag.", errors=[error]
        )
    return tag


def tell_lines(request: HttpRequest, articles: Sequence[Article]) -> list[ArticleLine]:
    """Return the articles as lists show them, with three queries for however many."""
    ids = [article.pk for article in articles]
    titles: dict[int, dict[Lang, str]] = defaultdict(dict)
    for id_, language, title in Translation.objects.filter(
        post__article__in=ids, post__position=0
    ).values_list("post__article_id", "language", "title"):
        titles[id_][TO_PATH[Language(language)]] = title
    tags: dict[int, list[str]] = defaultdict(list)
    links = Article.tags.through.objects.filter(article__in=ids)
    for id_, slug in links.values_list("article_id", "tag__slug"):
        tags[id_].append(slug)
    answers = Counter(
        Post.objects.filter(article__in=ids, role=Post.Role.ANSWER).values_list(
            "article_id", flat=True
        )
    )
    root = request.build_absolute_uri("/")[:-1]
    return [
        ArticleLine(
            id=one.pk,
            kind=one.kind,
            slug=one.slug,
            titles=titles[one.pk],
            tags=sorted(tags[one.pk]),
            health=one.health,
            score=one.score,
            answer_count=answers[one.pk],
            view_count=one.view_count,
            created_at=one.created_at,
            updated_at=one.updated_at,
            changed_at=one.changed_at,
            verified_at=one.verified_at,
            broke_at=one.broke_at,
            urls=page_addresses(root, one),
        )
        for one in articles
    ]


def page_addresses(root: str, article: Article) -> dict[Lang, str]:
    return {
        lang: root + reverse("article", args=[lang, article.pk, article.slug]) for lang in BY_PATH
    }
