"""Snippets: code, what runs before it, what it claims, and how it fares on each runtime."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import BaseModel, Field

from kb.api.answers import answer
from kb.api.paging import NEWEST, Paging, take
from kb.api.problems import not_found
from kb.api.shapes import IdNamed, OneOf, Page, Told, When
from kb.api.verifications import Outcome, VerificationTold, tell_verifications
from kb.models import PostSnippet
from snippets.models import Snippet, Verification

router = Router(tags=["snippets"])

Kind = Annotated[str, OneOf(tuple(Snippet.Kind.values))]


class SnippetLine(Told):
    id: int
    name: str
    kind: Kind
    digest: str = Field(description="The sha256 of the normalised code.")
    code: str = Field(description="Whole, as its author wrote it.")
    claim: str = Field(description="What its author says that it prints.")
    expects_error: bool
    articles: Sequence[int] = Field(description="Ids of the articles that show it.")
    outcomes: Mapping[str, Outcome] = Field(description="The current outcome by runtime.")
    created_at: When
    url: str


class Suggestion(Told):
    snippet: int = Field(description="The correction, verified as a snippet of its own.")
    origin: Annotated[str, OneOf(("", *Snippet.SuggestionOrigin.values))]
    note: str
    is_accepted: bool


class SnippetTold(SnippetLine):
    setup: str = Field(description="What its author wrote to run before it.")
    curated_setup: str = Field(description="What a curator wrote to run before it.")
    shared_setups: Sequence[str] = Field(description="Those of its articles and their tags.")
    runtimes: Sequence[str] = Field(description="Those asked for; none: by its imports.")
    needs_gpu: bool
    suggestion: Suggestion | None
    matrix: Sequence[VerificationTold] = Field(description="The current verifications.")


class SnippetFilters(BaseModel):
    article: Annotated[IdNamed | None, Field(description="Those it shows.")] = None
    kind: Kind | None = None
    outcome: Annotated[Outcome | None, Field(description="Those with it on some runtime.")] = None


@router.get("/snippets", response=Page[SnippetLine], summary=gettext_noop("List snippets"))
def list_snippets(
    request: HttpRequest, filters: Query[SnippetFilters], paging: Query[Paging]
) -> HttpResponse:
    """The newest first."""

    def make() -> Page[SnippetLine]:
        shown, cursor = take(_filtered(filters), NEWEST, paging)
        return Page[SnippetLine](items=_tell_lines(request, shown), next_cursor=cursor)

    return answer(request, make)


@router.get(
    "/snippets/{id:snippet_id}", response=SnippetTold, summary=gettext_noop("Read a snippet")
)
def read_snippet(request: HttpRequest, snippet_id: int) -> HttpResponse:
    snippet = _snippet_or_404(snippet_id)

    def make() -> SnippetTold:
        (line,) = _tell_lines(request, [snippet])
        current = Verification.objects.current().filter(snippet=snippet).order_by("runtime")
        return SnippetTold(
            **dict(line),
            setup=snippet.setup,
            curated_setup=snippet.curated_setup,
            shared_setups=snippet.shared_setups,
            runtimes=snippet.curated_runtimes or snippet.runtimes,
            needs_gpu=snippet.needs_gpu,
            suggestion=_suggestion(snippet),
            matrix=tell_verifications(current),
        )

    return answer(request, make)


def _snippet_or_404(snippet_id: int) -> Snippet:
    snippet = Snippet.objects.filter(pk=snippet_id).first()
    if snippet is None:
        raise not_found(f"snippet {snippet_id}")
    return snippet


def _filtered(filters: SnippetFilters) -> QuerySet[Snippet]:
    found: QuerySet[Snippet] = Snippet.objects.all()
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.article:
        shown = PostSnippet.objects.filter(post__article=filters.article)
        found = found.filter(pk__in=shown.values("snippet"))
    if filters.outcome:
        current = Verification.objects.current().filter(outcome=filters.outcome)
        found = found.filter(pk__in=current.values("snippet"))
    return found


def _tell_lines(request: HttpRequest, snippets: Sequence[Snippet]) -> list[SnippetLine]:
    """Return the snippets as lists show them, with two queries for however many."""
    ids = [snippet.pk for snippet in snippets]
    articles: dict[int, list[int]] = defaultdict(list)
    places = PostSnippet.objects.filter(snippet__in=ids).order_by("post__article_id")
    for snippet_id, article_id in places.values_list("snippet_id", "post__article_id").distinct():
        articles[snippet_id].append(article_id)
    outcomes: dict[int, dict[str, Outcome]] = defaultdict(dict)
    current = Verification.objects.current().filter(snippet__in=ids).order_by("runtime")
    for snippet_id, runtime, outcome in current.values_list("snippet_id", "runtime", "outcome"):
        outcomes[snippet_id][runtime] = outcome
    root = request.build_absolute_uri("/")[:-1]
    return [
        SnippetLine(
            id=one.pk,
            name=one.name,
            kind=one.kind,
            digest=one.digest,
            code=one.code,
            claim=one.claim,
            expects_error=one.expects_error,
            articles=articles[one.pk],
            outcomes=outcomes[one.pk],
            created_at=one.created_at,
            url=root + reverse("snippets:snippet", args=["en", one.pk]),
        )
        for one in snippets
    ]


def _suggestion(snippet: Snippet) -> Suggestion | None:
    if snippet.suggested_id is None:
        return None
    return Suggestion(
        snippet=snippet.suggested_id,
        origin=snippet.suggestion_origin,
        note=snippet.suggestion_note,
        is_accepted=snippet.is_suggestion_accepted,
    )
