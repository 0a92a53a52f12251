"""A text's revisions, what lies between any two, and the way back to one."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kb.editing import saving
from kb.editing.forms import RestoreForm
from kb.editing.wording import explain
from kb.errors import AuthoringError
from kb.languages import BY_PATH, TO_PATH, html_lang
from kb.models import Language, Post, Revision, Translation
from kb.people.roles import Permission
from kb.reading.changes import compare, view_changes
from kb.views.access import requires


@require_safe
@requires(Permission.VIEW_DESK)
def revisions(request: HttpRequest, lang: str, post_id: int, path: str) -> HttpResponse:
    post = get_object_or_404(Post.objects.select_related("article"), pk=post_id)
    found = view_changes(
        post=post,
        language=BY_PATH[path],
        old=request.GET.get("from", ""),
        new=request.GET.get("to", ""),
    )
    if found is None:
        raise Http404(f"post {post_id} has no such revision in {path}")
    context = {"changes": found, "path": path, "post": post, "last": found.revisions[0].number}
    return render(request, "desk/revisions.html", context)


@require_safe
@requires(Permission.VIEW_DESK)
def text(request: HttpRequest, lang: str, translation_id: int) -> HttpResponseBase:
    """Lead from a text, as the history names it, to its revisions."""
    found = get_object_or_404(Translation, pk=translation_id)
    return redirect("desk-revisions", lang, found.post_id, TO_PATH[Language(found.language)])


@requires(Permission.TRANSLATE)
@require_http_methods(["GET", "HEAD", "POST"])
def restore(
    request: HttpRequest, lang: str, post_id: int, path: str, number: int
) -> HttpResponseBase:
    texts = Revision.objects.select_related("translation__post__article", "created_by")
    revision = get_object_or_404(
        texts, translation__post=post_id, translation__language=BY_PATH[path], number=number
    )
    form = RestoreForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        language = BY_PATH[path] if form.cleaned_data["carries"] else None
        try:
            saving.restore_revision(
                revision=revision,
                user=request.user,
                why=form.cleaned_data["why"],
                carry_from=language,
            )
        except AuthoringError as error:
            form.add_error(None, explain(error))
        else:
            messages.success(request, _("The earlier text is the current one again."))
            return redirect("desk-revisions", lang, post_id, path)
    text = revision.translation
    context = {
        "form": form,
        "revision": revision,
        "text": text,
        "path": path,
        "text_lang": html_lang(BY_PATH[path]),
        "lines": list(compare(text.markdown, revision.markdown)),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "desk/restore.html", context, status=status)
