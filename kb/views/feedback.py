"""What readers send: votes, “this is outdated”, suggested edits."""

from http import HTTPStatus

import redis
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kb import feedback
from kb.forms import OutdatedForm, SuggestionForm, VoteForm
from kb.languages import BY_PATH
from kb.models import Post, Translation
from snippets import ratelimit
from snippets.views import pages

REPORTS_PER_MINUTE = 5


@require_POST
@never_cache
def vote(request: HttpRequest, lang: str, post_id: int) -> HttpResponseBase:
    post = get_object_or_404(Post.objects.select_related("article"), pk=post_id)
    if not request.user.is_authenticated:
        return redirect_to_login(_address(lang, post))
    form = VoteForm(request.POST)
    if not form.is_valid():
        return pages.refused(request, _("A vote is 1, -1 or 0."), HTTPStatus.UNPROCESSABLE_ENTITY)
    score = feedback.cast_vote(user=request.user, post=post, value=form.cleaned_data["value"])
    if pages.wants_json(request):
        return JsonResponse({"score": score, "vote": form.cleaned_data["value"]})
    return redirect(_address(lang, post))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def report(request: HttpRequest, lang: str, post_id: int) -> HttpResponseBase:
    post = get_object_or_404(Post.objects.select_related("article"), pk=post_id)
    form = OutdatedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if refusal := too_many(request):
            return refusal
        feedback.report_outdated(
            post=post,
            language=BY_PATH[lang],
            comment=form.cleaned_data["comment"],
            user=request.user,
            session_key=pages.session_key(request),
        )
        messages.success(request, _("Thank you. The curators have been told."))
        return redirect(_address(lang, post))
    context = {"form": form, "post": post, "back": _address(lang, post)}
    return render(request, "kb/report.html", context, status=_status(request))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def suggest(request: HttpRequest, lang: str, post_id: int, path: str) -> HttpResponseBase:
    texts = Translation.objects.select_related("post__article")
    text = get_object_or_404(texts, post=post_id, language=BY_PATH[path])
    form = SuggestionForm(request.POST or None, initial={"markdown": text.markdown})
    if request.method == "POST" and form.is_valid():
        if refusal := too_many(request):
            return refusal
        try:
            feedback.suggest_edit(
                translation=text,
                markdown=form.cleaned_data["markdown"],
                comment=form.cleaned_data["comment"],
                user=request.user,
                session_key=pages.session_key(request),
            )
        except feedback.NotSuggested:
            form.add_error("markdown", _("Nothing was changed. Edit the text first."))
        else:
            messages.success(request, _("Thank you. Your suggestion is with the curators."))
            return redirect(_address(lang, text.post))
    context = {"form": form, "text": text, "path": path, "back": _address(lang, text.post)}
    return render(request, "kb/suggest.html", context, status=_status(request))


def too_many(request: HttpRequest) -> HttpResponseBase | None:
    try:
        wait_seconds = ratelimit.seconds_to_wait(
            user=request.user,
            session_key=pages.session_key(request),
            address=request.META["REMOTE_ADDR"],
            what="reports",
            per_minute=REPORTS_PER_MINUTE,
        )
    except redis.RedisError:
        message = _("This is not possible at the moment. Please try again in a minute.")
        return pages.refused(request, message, HTTPStatus.SERVICE_UNAVAILABLE)
    return pages.refused_for_now(request, wait_seconds) if wait_seconds else None


def _status(request: HttpRequest) -> int:
    # A form that comes back is an invalid one.
    return HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK


def _address(lang: str, post: Post) -> str:
    place = f"answer-{post.position}" if post.role == Post.Role.ANSWER else post.role
    return reverse("article", args=[lang, post.article_id, post.article.slug]) + f"#{place}"
