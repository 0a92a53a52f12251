"""What a post says in one language, its past wordings, and how it should read."""

from http import HTTPStatus
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import Field

from kb import feedback
from kb.api import throttling
from kb.api.answers import answer, done
from kb.api.auth import caller, needs
from kb.api.paging import Order, Paging, take
from kb.api.problems import FieldError, Problem, not_found
from kb.api.shapes import Given, Lang, OneOf, Page, Text, Told, When, number
from kb.editing import saving
from kb.editing.saving import TITLE_CHARACTERS
from kb.errors import AuthoringError
from kb.forms import COMMENT_CHARACTERS, TEXT_CHARACTERS
from kb.languages import BY_PATH, TO_PATH
from kb.models import Language, Post, Report, Revision, Translation
from kb.people.tokens import Scope

router = Router(tags=["translations"])

LATEST = Order(name="latest", fields=("number",), kinds=(int,), is_falling=True)


class TranslationTold(Told):
    lang: Lang
    title: str = Field(description="Of the article; empty on answers.")
    markdown: str
    revision: int
    in_step_with: int = Field(
        description="The other language's revision that says the same as this text."
    )
    updated_at: When


class RevisionTold(Told):
    number: int
    title: str
    markdown: str
    comment: str
    author: str = Field(description="Who wrote it here; empty: it was imported.")
    created_at: When


class SuggestionGiven(Given):
    """How a text should read; a curator decides."""

    markdown: Annotated[Text, Field(min_length=1, max_length=TEXT_CHARACTERS)]
    comment: Annotated[
        Text, Field(max_length=COMMENT_CHARACTERS, description="What you changed, and why.")
    ] = ""


class TextGiven(Given):
    """A text as it is to read from now on."""

    markdown: Annotated[Text, Field(min_length=1, max_length=TEXT_CHARACTERS)]
    title: Annotated[
        Text, Field(max_length=TITLE_CHARACTERS, description="Of the article; none on answers.")
    ] = ""
    base: Annotated[
        int,
        Field(ge=0, le=2**31 - 1, description="The revision that it was made from; 0: none."),
        number,
    ]
    comment: Annotated[Text, Field(max_length=200, description="What you changed, and why.")] = ""
    carries_code: bool = Field(
        default=False,
        description="Put this text's code into the other language's, which must show the same.",
    )


class ReportTold(Told):
    id: int
    post: int
    kind: Annotated[str, OneOf(tuple(Report.Kind.values))]
    status: Annotated[str, OneOf(tuple(Report.Status.values))]
    lang: Lang
    comment: str
    created_at: When


@router.get(
    "/posts/{id:post_id}/translations/{lang}",
    response=TranslationTold,
    summary=gettext_noop("Read a post in one language"),
)
def read_translation(request: HttpRequest, post_id: int, lang: Lang) -> HttpResponse:
    text = text_or_404(post_id, lang)
    return answer(request, lambda: tell_translation(text), changed_at=text.post.article.changed_at)


@router.get(
    "/posts/{id:post_id}/translations/{lang}/revisions",
    response=Page[RevisionTold],
    summary=gettext_noop("List a text's past wordings"),
)
def list_revisions(
    request: HttpRequest, post_id: int, lang: Lang, paging: Query[Paging]
) -> HttpResponse:
    """The latest first, the current one included."""
    text = text_or_404(post_id, lang)

    def make() -> Page[RevisionTold]:
        revisions = Revision.objects.filter(translation=text).select_related("created_by")
        shown, cursor = take(revisions, LATEST, paging)
        return Page[RevisionTold](items=[_tell_revision(one) for one in shown], next_cursor=cursor)

    return answer(request, make)


@router.post(
    "/posts/{id:post_id}/translations/{lang}/suggestions",
    **needs(Scope.SUGGEST),
    response={HTTPStatus.CREATED: ReportTold},
    summary=gettext_noop("Suggest an edit"),
)
def suggest_edit(
    request: HttpRequest, post_id: int, lang: Lang, given: SuggestionGiven
) -> HttpResponse:
    """Send the whole text as it should read; it is shown to the curators as a difference."""
    text = text_or_404(post_id, lang)
    throttling.count(request, "reports", throttling.REPORTS_PER_MINUTE)
    try:
        report = feedback.suggest_edit(
            translation=text,
            markdown=given.markdown,
            comment=given.comment,
            user=caller(request),
            session_key="",
        )
    except feedback.NotSuggested as error:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "unchanged",
            "The text is the same as it is now.",
            errors=[FieldError(pointer="/markdown", detail=str(error))],
        ) from error
    return done(tell_report(report), HTTPStatus.CREATED)


@router.put(
    "/posts/{id:post_id}/translations/{lang}",
    **needs(Scope.WRITE_TEXTS),
    response={HTTPStatus.OK: TranslationTold},
    summary=gettext_noop("Write a text"),
)
def write_translation(
    request: HttpRequest, post_id: int, lang: Lang, given: TextGiven
) -> HttpResponse:
    """Save a text as a new revision, or the first one in its language.

    409: somebody saved another revision than `base` meanwhile; read it, and try again.
    """
    throttling.count(request, "texts", throttling.TEXTS_PER_MINUTE)
    post = Post.objects.filter(pk=post_id).first()
    if post is None:
        raise not_found(f"post {post_id}")
    language = BY_PATH[lang]
    try:
        saving.save_texts(
            post=post,
            edits={
                language: saving.TextEdit(
                    markdown=given.markdown, title=given.title, base=given.base
                )
            },
            user=caller(request),
            comment=given.comment,
            carry_from=language if given.carries_code else None,
        )
    except saving.EditConflict as error:
        raise Problem(HTTPStatus.CONFLICT, "edit-conflict", f"{error}.".capitalize()) from error
    except AuthoringError as error:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "unpublishable",
            "The text cannot be published as it stands.",
            errors=[FieldError(pointer="/markdown", detail=str(error))],
        ) from error
    return done(tell_translation(text_or_404(post_id, lang)), HTTPStatus.OK)


def text_or_404(post_id: int, lang: Lang) -> Translation:
    texts = Translation.objects.select_related("post__article").defer("blocks")
    text = texts.filter(post=post_id, language=BY_PATH[lang]).first()
    if text is None:
        raise not_found(f"post {post_id} in {lang}")
    return text


def tell_translation(text: Translation) -> TranslationTold:
    return TranslationTold(
        lang=TO_PATH[Language(text.language)],
        title=text.title,
        markdown=text.markdown,
        revision=text.revision_number,
        in_step_with=text.in_step_with,
        updated_at=text.updated_at,
    )


def tell_report(report: Report) -> ReportTold:
    return ReportTold(
        id=report.pk,
        post=report.post_id,
        kind=report.kind,
        status=report.status,
        lang=TO_PATH[Language(report.language)],
        comment=report.comment,
        created_at=report.created_at,
    )


def _tell_revision(one: Revision) -> RevisionTold:
    return RevisionTold(
        number=one.number,
        title=one.title,
        markdown=one.markdown,
        comment=one.comment,
        author=one.created_by.get_username() if one.created_by else "",
        created_at=one.created_at,
    )
