"""Posts: one authored piece of an article each, in the languages it was written in."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from kb import feedback
from kb.api import throttling
from kb.api.answers import answer, done
from kb.api.auth import caller, needs
from kb.api.problems import not_found
from kb.api.shapes import Given, Lang, OneOf, Text, Told, When
from kb.api.translations import ReportTold, TranslationTold, tell_report, tell_translation
from kb.forms import COMMENT_CHARACTERS
from kb.languages import BY_PATH, TO_PATH
from kb.models import Language, Post, Translation
from kb.people.tokens import Scope

router = Router(tags=["posts"])


class PostTold(Told):
    id: int
    article: int
    role: Annotated[str, OneOf(tuple(Post.Role.values))]
    position: int = Field(description="0 is the question or the body, answers follow.")
    is_accepted: bool
    score: int
    author: str
    created_at: When
    snippets: Sequence[int] = Field(description="Ids of its snippets in order.")
    translations: Mapping[Lang, TranslationTold]


class OutdatedGiven(Given):
    """What no longer holds, for the curators."""

    comment: Annotated[Text, Field(max_length=COMMENT_CHARACTERS)] = ""
    lang: Lang = Field(default="en", description="The language that you read it in.")


@router.get("/posts/{id:post_id}", response=PostTold, summary=gettext_noop("Read a post"))
def read_post(request: HttpRequest, post_id: int) -> HttpResponse:
    texts = Translation.objects.defer("blocks")
    found = Post.objects.select_related("article").prefetch_related(
        Prefetch("translations", queryset=texts), "placements"
    )
    post = found.filter(pk=post_id).first()
    if post is None:
        raise not_found(f"post {post_id}")
    return answer(request, lambda: tell_post(post), changed_at=post.article.changed_at)


@router.post(
    "/posts/{id:post_id}/outdated",
    **needs(Scope.SUGGEST),
    response={HTTPStatus.CREATED: ReportTold},
    summary=gettext_noop("Report that a post no longer holds"),
)
def report_outdated(request: HttpRequest, post_id: int, given: OutdatedGiven) -> HttpResponse:
    """Tell the curators. Who reports the same post twice replaces what was said first."""
    post = Post.objects.select_related("article").filter(pk=post_id).first()
    if post is None:
        raise not_found(f"post {post_id}")
    throttling.count(request, "reports", throttling.REPORTS_PER_MINUTE)
    report = feedback.report_outdated(
        post=post,
        language=BY_PATH[given.lang],
        comment=given.comment,
        user=caller(request),
        session_key="",
    )
    return done(tell_report(report), HTTPStatus.CREATED)


def tell_post(post: Post) -> PostTold:
    """Return the post; its translations and placements are read where they were not."""
    return PostTold(
        id=post.pk,
        article=post.article_id,
        role=post.role,
        position=post.position,
        is_accepted=post.is_accepted,
        score=post.score,
        author=post.author,
        created_at=post.created_at,
        snippets=[one.snippet_id for one in post.placements.all()],
        translations={
            TO_PATH[Language(text.language)]: tell_translation(text)
            for text in post.translations.all()
        },
    )
