"""The bilingual editor: of a post's texts, of a new article, of a new answer."""

import dataclasses
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kb.editing import creating, drafts, presence, saving
from kb.editing.carrying import changed_fields
from kb.editing.forms import ArticleForm, EditForm, TextsForm, initial_of
from kb.editing.pages import Clash, view_clashes, view_editor
from kb.editing.saving import EditConflict
from kb.editing.wording import explain
from kb.errors import AuthoringError
from kb.languages import TO_PATH
from kb.models import Article, Post
from kb.people.roles import Permission
from kb.reading.titles import name_articles
from kb.views.access import requires

SAVE = "save"
STATUS = {True: HTTPStatus.OK, False: HTTPStatus.UNPROCESSABLE_ENTITY}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Desk:
    """One of the editor's three uses: what is written, and what saving it does.

    `save` gets the valid form and returns where to go; it raises EditConflict and AuthoringError.
    """

    place: str
    form: Callable[..., TextsForm]
    initial: dict[str, Any]
    save: Callable[[Any], str]
    shown: dict[str, Any]
    post: Post | None = None


@requires(Permission.TRANSLATE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_post(request: HttpRequest, lang: str, post_id: int) -> HttpResponseBase:
    posts = Post.objects.select_related("article").prefetch_related("translations")
    post = get_object_or_404(posts, pk=post_id)

    def form(*args: Any, **kwargs: Any) -> EditForm:
        return EditForm(*args, has_title=post.position == 0, **kwargs)

    def save(valid: EditForm) -> str:
        changed = saving.save_texts(
            post=post,
            edits=valid.edits(),
            user=request.user,
            comment=valid.cleaned_data["comment"],
        )
        agreed = valid.cleaned_data["agrees"] and saving.agree_texts(post=post, user=request.user)
        presence.forget_editor(post_id=post.pk, user=request.user)
        _tell_saved(request, [TO_PATH[language] for language in changed], is_agreed=agreed)
        return reverse("desk-edit", args=[lang, post.pk])

    desk = Desk(
        place=drafts.place_of_post(post.pk),
        form=form,
        initial=initial_of({text.language: text for text in post.translations.all()}),
        save=save,
        shown={
            "siblings": post.article.posts.order_by("position"),
            "title": name_articles([post.article_id], lang)[post.article_id].title,
        },
        post=post,
    )
    if request.method != "POST":
        presence.note_editor(post_id=post.pk, user=request.user)
    return _edit(request, desk)


@requires(Permission.WRITE_ARTICLES)
@require_http_methods(["GET", "HEAD", "POST"])
def new_article(request: HttpRequest, lang: str) -> HttpResponseBase:
    def save(form: ArticleForm) -> str:
        values = form.cleaned_data
        article = creating.create_article(
            kind=Article.Kind(values["kind"]),
            texts=form.edits(),
            tags=values["tags"],
            user=request.user,
            comment=values["comment"],
        )
        messages.success(request, _("Published."))
        return reverse("article", args=[lang, article.pk, article.slug])

    role = creating.opening_role(request.POST.get("kind", Article.Kind.QUESTION))
    shown = {"role": role, "position": 0, "desk_part": "writing"}
    place = drafts.PLACE_OF_ARTICLE
    return _edit(request, Desk(place=place, form=ArticleForm, initial={}, save=save, shown=shown))


@requires(Permission.WRITE_ARTICLES)
@require_http_methods(["GET", "HEAD", "POST"])
def new_answer(request: HttpRequest, lang: str, article_id: int) -> HttpResponseBase:
    article = get_object_or_404(Article, pk=article_id, kind=Article.Kind.QUESTION)

    def save(form: TextsForm) -> str:
        comment = form.cleaned_data["comment"]
        post = creating.add_answer(
            article=article, texts=form.edits(), user=request.user, comment=comment
        )
        messages.success(request, _("Published."))
        address = reverse("article", args=[lang, article.pk, article.slug])
        return f"{address}#answer-{post.position}"

    def form(*args: Any, **kwargs: Any) -> TextsForm:
        return TextsForm(*args, has_title=False, **kwargs)

    place = drafts.place_of_answer(article.pk)
    shown = {"article": article, "title": name_articles([article.pk], lang)[article.pk].title}
    return _edit(request, Desk(place=place, form=form, initial={}, save=save, shown=shown))


def _edit(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Show the editor, or do what one of its buttons says."""
    action = request.POST.get("action", SAVE)
    draft = drafts.find_draft(user=request.user, place=desk.place)
    if request.method != "POST":
        is_resumed = draft is not None and "draft" in request.GET
        initial = draft.fields if draft and is_resumed else desk.initial
        return _page(request, desk, desk.form(initial=initial), draft=None if is_resumed else draft)
    if action == "discard":
        drafts.drop_draft(user=request.user, place=desk.place)
        return redirect(request.path)
    form = desk.form(request.POST)
    if action == "draft":
        fields = {name: request.POST.get(name, "") for name in form.fields}
        drafts.keep_draft(user=request.user, place=desk.place, fields=fields)
        messages.success(request, _("The draft is kept. You may go on later."))
        return redirect(f"{request.path}?draft=1")
    if action == SAVE:
        return _save(request, desk, form)
    return _page(request, desk, desk.form(_with_changes(request, desk, action)))


def _save(request: HttpRequest, desk: Desk, form: TextsForm) -> HttpResponseBase:
    if not form.is_valid():
        return _page(request, desk, form)
    try:
        address = desk.save(form)
    except EditConflict as error:
        # What comes next is made from what is there now, knowingly.
        clashes = view_clashes(error, form)
        data = request.POST.copy()
        for clash in clashes:
            data[f"base_{clash.path}"] = str(clash.number)
        return _page(request, desk, desk.form(data), clashes=clashes)
    except AuthoringError as error:
        form.add_error(None, explain(error))
        return _page(request, desk, form)
    drafts.drop_draft(user=request.user, place=desk.place)
    return redirect(address)


def _with_changes(request: HttpRequest, desk: Desk, action: str) -> QueryDict:
    """Return the sent fields with what a button changes in them; previewing changes nothing."""
    data = request.POST.copy()
    texts = list(desk.post.translations.all()) if desk.post else []
    fields = {name: str(data[name]) for name in data}
    try:
        for name, value in changed_fields(action, fields, texts).items():
            data[name] = value
    except AuthoringError as error:
        messages.error(request, explain(error))
    return data


def _page(
    request: HttpRequest,
    desk: Desk,
    form: forms.Form,
    *,
    clashes: list[Clash] | None = None,
    draft: Any = None,
) -> HttpResponse:
    places = {name: desk.shown[name] for name in ("role", "position") if name in desk.shown}
    page = view_editor(
        form=form,
        place=desk.place,
        user=request.user,
        post=desk.post,
        others=presence.other_editors(post_id=desk.post.pk, user=request.user) if desk.post else (),
        draft=draft,
        clashes=clashes or (),
        **places,
    )
    status = HTTPStatus.CONFLICT if clashes else STATUS[not form.errors]
    context = {"page": page, "form": form, **desk.shown}
    return render(request, "desk/editor.html", context, status=status)


def _tell_saved(request: HttpRequest, paths: list[str], *, is_agreed: bool) -> None:
    if len(paths) > 1:
        messages.success(request, _("Both texts are saved."))
    elif paths:
        is_zh = paths[0] == "zh"
        said = _("The Chinese text is saved.") if is_zh else _("The English text is saved.")
        messages.success(request, said)
    elif not is_agreed:
        messages.info(request, _("Nothing was changed."))
    if is_agreed:
        messages.success(request, _("Both texts are marked as saying the same."))
