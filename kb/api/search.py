"""Search as readers do; docs/search.md has the query language."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, Field

from kb.api.answers import answer
from kb.api.problems import FieldError, Problem
from kb.api.shapes import Flag, Lang, Text, Told, whole
from kb.api.throttling import unavailable
from kb.models import Article
from kb.search.engines.base import EngineError, Sort
from kb.search.hits import Hit
from kb.search.queries import LONGEST_QUERY
from kb.search.searching import NoSuchPage, Results, search

router = Router(tags=["search"])

MOST_PAGES = 160


class HitTold(Told):
    article: str = Field(description="Its title.")
    article_id: int
    post: int = Field(description="The place of the post that matches best; 0 is the question.")
    post_id: int
    lang: Lang = Field(description="Of what is shown.")
    score: float
    snippet: str = Field(description="What matches, with some text around it.")
    url: str


class SearchTold(Told):
    hits: Sequence[HitTold]
    total: int
    is_estimate: bool
    page: int
    page_count: int
    filters: Sequence[str] = Field(description="Those in the query that were understood.")
    did_you_mean: str | None = Field(description="A likelier spelling, or what is shown instead.")
    milliseconds: float


class Asked(BaseModel):
    q: Annotated[
        Text,
        Field(min_length=1, max_length=LONGEST_QUERY, description="Words, names, code, filters."),
    ]
    lang: Annotated[Lang, Field(description="The language to show results in.")] = "en"
    sort: Literal["relevance", "newest", "votes", "verified"] = "relevance"
    page: Annotated[int, Field(ge=1, le=MOST_PAGES), whole] = 1
    exact: Annotated[Flag, Field(description="Never show results of a corrected spelling.")] = False


@router.get("/search", response=SearchTold, summary=gettext_noop("Search"))
def find(request: HttpRequest, asked: Query[Asked]) -> HttpResponse:
    """The same results as the page of results has, 20 a page."""
    try:
        results = search(
            text=asked.q,
            lang=asked.lang,
            page=asked.page,
            sort=Sort(asked.sort),
            is_exact=asked.exact,
        )
    except EngineError as error:
        raise unavailable() from error
    except NoSuchPage as error:
        raise Problem(
            HTTPStatus.NOT_FOUND,
            "not-found",
            "The results have fewer pages.",
            errors=[FieldError(parameter="page", detail="is past the last one")],
        ) from error
    told = _tell(request, results)
    # How long it took is no part of what was found.
    found = told.model_copy(update={"milliseconds": 0.0}).model_dump_json()
    return answer(request, lambda: told, version=found)


def _tell(request: HttpRequest, results: Results) -> SearchTold:
    ids = [hit.article for hit in results.hits]
    slugs = dict(Article.objects.filter(pk__in=ids).values_list("pk", "slug"))
    return SearchTold(
        # Deleted a moment ago: the index does not know yet.
        hits=[
            _hit(request, hit, slugs[hit.article]) for hit in results.hits if hit.article in slugs
        ],
        total=results.total,
        is_estimate=results.is_estimate,
        page=results.page,
        page_count=results.page_count,
        filters=[one.label for one in results.query.filters],
        did_you_mean=results.did_you_mean or results.shown_instead,
        milliseconds=results.milliseconds,
    )


def _hit(request: HttpRequest, hit: Hit, slug: str) -> HitTold:
    anchor = f"#answer-{hit.position}" if hit.position else ""
    address = reverse("article", args=[hit.lang, hit.article, slug])
    return HitTold(
        article=hit.title_text,
        article_id=hit.article,
        post=hit.position,
        post_id=hit.post,
        lang=hit.lang,
        score=hit.score,
        snippet=hit.snippet,
        url=request.build_absolute_uri(address) + anchor,
    )
