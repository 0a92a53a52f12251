"""What is said of texts as they stand: that they were reviewed, that both mean the same."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kb.editing import reviewing, saving
from kb.models import Post, Translation
from kb.people.roles import Permission
from kb.views.access import requires
from kb.views.desk.place import back_address, is_from
from snippets.services import NotAllowed

TO_REVIEW = "translations-to-review"
NOTE_CHARACTERS = 1000


@require_POST
@requires(Permission.REVIEW_TRANSLATIONS)
def accept(request: HttpRequest, lang: str, translation_id: int) -> HttpResponseBase:
    texts = Translation.objects.select_related("post__article")
    text = get_object_or_404(texts, pk=translation_id)
    try:
        reviewing.accept_text(
            text=text, user=request.user, until=_until(request), label=saving.label_of(text)
        )
    except NotAllowed:
        messages.error(
            request, _("A text is reviewed by somebody who did not write it, and only once.")
        )
    else:
        messages.success(request, _("Reviewed. Thank you."))
        return _onward(request, lang, text)
    return redirect("desk-edit", lang, text.post_id)


@require_POST
@requires(Permission.REVIEW_TRANSLATIONS)
def send_back(request: HttpRequest, lang: str, translation_id: int) -> HttpResponseBase:
    texts = Translation.objects.select_related("post__article")
    text = get_object_or_404(texts, pk=translation_id)
    note = request.POST.get("note", "").strip()[:NOTE_CHARACTERS]
    if not note:
        messages.error(request, _("Say what is to be mended: its translators read it."))
        return redirect("desk-edit", lang, text.post_id)
    try:
        reviewing.send_back_text(
            text=text,
            user=request.user,
            until=_until(request),
            note=note,
            label=saving.label_of(text),
        )
    except NotAllowed:
        messages.error(request, _("The text went on meanwhile, or is not yours to review."))
        return redirect("desk-edit", lang, text.post_id)
    messages.success(request, _("Sent back. Its translators see your note."))
    return _onward(request, lang, text)


@require_POST
@requires(Permission.TRANSLATE)
def agree(request: HttpRequest, lang: str, post_id: int) -> HttpResponseBase:
    post = get_object_or_404(Post.objects.select_related("article"), pk=post_id)
    if saving.agree_texts(post=post, user=request.user):
        messages.success(request, _("Both texts are marked as saying the same."))
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect("desk-edit", lang, post.pk)


def _until(request: HttpRequest) -> int:
    """Return the revision that the reviewer saw."""
    until = request.POST.get("until", "")
    return int(until) if until.isdecimal() and len(until) < 9 else 0


def _onward(request: HttpRequest, lang: str, text: Translation) -> HttpResponseBase:
    """Lead back to the queue of reviews, or stay with the text where it was found otherwise."""
    if is_from(request, TO_REVIEW):
        return redirect(back_address(request, lang, TO_REVIEW, done=[text.pk]))
    return redirect("desk-edit", lang, text.post_id)
