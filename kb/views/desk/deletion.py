"""Deleting an article, and bringing it back."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kb.curation import deleting
from kb.desk.deleted import list_deleted
from kb.models import Article, DeletedArticle
from kb.people.roles import Permission
from kb.reading.titles import name_articles
from kb.views.access import requires


class DeletionForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("Why it goes"),
        help_text=gettext_lazy("It is kept in the history; other curators read it."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELETE_ARTICLES)
def delete(request: HttpRequest, lang: str, article_id: int) -> HttpResponse:
    """Ask why, then delete the article; the page says until when it can come back."""
    article = get_object_or_404(Article, pk=article_id)
    form = DeletionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        deleting.delete_article(article=article, why=form.cleaned_data["why"], user=request.user)
        days = deleting.UNDOABLE.days
        told = _("Deleted. It can be brought back here for %(days)d days.") % {"days": days}
        messages.success(request, told)
        return redirect("desk-deleted", lang=lang)
    context = {
        "form": form,
        "name": name_articles([article.pk], lang)[article.pk],
        "answers": article.posts.filter(position__gt=0).count(),
        "days": deleting.UNDOABLE.days,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "desk/delete.html", context, status=status)


@require_safe
@requires(Permission.DELETE_ARTICLES)
def deleted(request: HttpRequest, lang: str) -> HttpResponse:
    context = {"rows": list_deleted(lang), "days": deleting.UNDOABLE.days}
    return render(request, "desk/deleted.html", context)


@require_POST
@requires(Permission.DELETE_ARTICLES)
def bring_back(request: HttpRequest, lang: str, deleted_id: int) -> HttpResponse:
    found = get_object_or_404(DeletedArticle, pk=deleted_id)
    why = request.POST.get("why", "")[:1000]
    try:
        article = deleting.bring_back(deleted=found, why=why, user=request.user)
    except deleting.NotBroughtBack:
        messages.warning(request, _("It was brought back already, or its time is over."))
        return redirect("desk-deleted", lang=lang)
    messages.success(request, _("It is back, as it was."))
    return redirect("article", lang=lang, article_id=article.pk, slug=article.slug)
