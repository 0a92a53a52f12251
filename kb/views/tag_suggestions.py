"""Readers and authors say which tag an article lacks."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kb.curation import deciding
from kb.models import Article, Tag
from kb.reading.titles import name_articles
from kb.views.feedback import too_many
from snippets.views import pages

TAGS_OFFERED = 100


class TagForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Tag"),
        help_text=gettext_lazy("One that there is, or the name of a new one."),
        max_length=deciding.NAME_CHARACTERS,
        widget=forms.TextInput(attrs={"list": "tags-offered", "autocomplete": "off"}),
    )
    comment = forms.CharField(
        label=gettext_lazy("Why does it fit?"), max_length=300, required=False
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def suggest_tag(request: HttpRequest, lang: str, article_id: int) -> HttpResponseBase:
    article = get_object_or_404(Article, pk=article_id)
    back = reverse("article", args=[lang, article.pk, article.slug])
    form = TagForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if refusal := too_many(request):
            return refusal
        try:
            deciding.suggest_tag(
                article=article,
                **form.cleaned_data,
                user=request.user,
                session_key=pages.session_key(request),
            )
        except deciding.NotDecided:
            form.add_error("name", _("The article has this tag already."))
        else:
            messages.success(request, _("Thank you. The curators have been told."))
            return redirect(back)
    context = {
        "form": form,
        "back": back,
        "name": name_articles([article.pk], lang)[article.pk],
        "tags": Tag.objects.popular()[:TAGS_OFFERED],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "kb/suggest_tag.html", context, status=status)
