"""What is said of texts as they stand: that they were reviewed, that both mean the same."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kb.editing import reviewing, saving
from kb.models import Post, Translation
from kb.roles import Permission
from kb.views.access import requires
from kb.views.desk.place import back_address, is_from
from snippets.services import NotAllowed

TO_REVIEW = "translations-to-review"


@require_POST
@requires(Permission.REVIEW_TRANSLATIONS)
def accept(request: HttpRequest, lang: str, translation_id: int) -> HttpResponseBase:
    texts = Translation.objects.select_related("post__article")
    text = get_object_or_404(texts, pk=translation_id)
    until = request.POST.get("until", "")
    number = int(until) if until.isdecimal() and len(until) < 9 else 0
    try:
        reviewing.accept_text(
            text=text, user=request.user, until=number, label=saving.label_of(text)
        )
    except NotAllowed:
        messages.error(
            request, _("A text is reviewed by somebody who did not write it, and only once.")
        )
    else:
        messages.success(request, _("Reviewed. Thank you."))
        if is_from(request, TO_REVIEW):
            return redirect(back_address(request, lang, TO_REVIEW, done=[text.pk]))
    return redirect("desk-edit", lang, text.post_id)


@require_POST
@requires(Permission.TRANSLATE)
def agree(request: HttpRequest, lang: str, post_id: int) -> HttpResponseBase:
    post = get_object_or_404(Post.objects.select_related("article"), pk=post_id)
    if saving.agree_texts(post=post, user=request.user):
        messages.success(request, _("Both texts are marked as saying the same."))
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect("desk-edit", lang, post.pk)
