"""Sharing a setup with an article or a tag: first what it touches, then saving it."""

from http import HTTPStatus
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from kb.curation import snippets as curating
from kb.models import SharedSetup, SharedSetupRevision, Source
from kb.people.roles import Permission
from kb.views.access import requires
from snippets import code as codes
from snippets.cards import load_cards
from snippets.marking import mark
from snippets.models import Snippet

SHOWN = 100
REVISIONS_SHOWN = 20


class ShareForm(forms.Form):
    scope = forms.ChoiceField(label=gettext_lazy("Share with"))
    setup = forms.CharField(
        label=gettext_lazy("Set-up"),
        help_text=gettext_lazy("Empty: nothing is shared with it any more."),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "code", "spellcheck": "false"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Note for other curators"), required=False, max_length=1000
    )

    def clean_setup(self) -> str:
        code: str = self.cleaned_data["setup"].replace("\r\n", "\n")
        if error := codes.syntax_error(code):
            told = {"line": error.lineno or 1, "reason": error.msg}
            raise forms.ValidationError(mark(_("Line %(line)d: %(reason)s") % told))
        return code


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CURATE_SNIPPETS)
def share(request: HttpRequest, lang: str, snippet_id: int) -> HttpResponse:
    snippet = get_object_or_404(Snippet, pk=snippet_id)
    scopes = curating.scopes_of(snippet)
    chosen = request.POST.get("scope") or request.GET.get("scope", "")
    scope = chosen if chosen in scopes else next(iter(scopes), "")
    known = SharedSetup.objects.filter(scope=scope).first()
    given = request.POST.get("setup") or (known.code if known else snippet.curated_setup)
    initial = {"scope": scope, "setup": given, "note": known.note if known else ""}
    is_sent = "save" in request.POST
    form = ShareForm(request.POST if is_sent else None, initial=initial)
    choices: forms.ChoiceField = form.fields["scope"]  # type: ignore[assignment]
    choices.choices = [(one, _label(one)) for one in scopes]
    if is_sent and form.is_valid():
        count = curating.share_setup(
            user=request.user,
            scope=form.cleaned_data["scope"],
            code=form.cleaned_data["setup"],
            note=form.cleaned_data["note"],
        )
        told = ngettext("Shared; it touches %(n)d snippet.",
                        "Shared; it touches %(n)d snippets.", count)  # fmt: skip
        messages.success(request, told % {"n": count})
        return redirect(reverse("desk-bench", args=[lang, snippet.pk]))
    touched = curating.snippets_touched(scope) if scope else []
    cards = load_cards(one.pk for one in touched[:SHOWN])
    context = {
        "snippet": snippet,
        "form": form,
        "scope_label": _label(scope) if scope else "",
        "touched": list(cards.values()),
        "count": len(touched),
        "known": known,
        "revisions": _revisions(scope),
        "desk_part": "queues",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "desk/share.html", context, status=status)


@require_POST
@requires(Permission.CURATE_SNIPPETS)
def put_back(request: HttpRequest, lang: str, snippet_id: int) -> HttpResponse:
    """Share a set-up again as it once was."""
    snippet = get_object_or_404(Snippet, pk=snippet_id)
    known = SharedSetupRevision.objects.filter(scope__in=curating.scopes_of(snippet))
    number = request.POST.get("revision", "")
    revision = get_object_or_404(known, pk=number if number.isdecimal() else 0)
    count = curating.put_back_setup(user=request.user, revision=revision)
    told = ngettext("Put back; it touches %(n)d snippet.",
                    "Put back; it touches %(n)d snippets.", count)  # fmt: skip
    messages.success(request, told % {"n": count})
    query = urlencode({"scope": revision.scope})
    return redirect(f"{reverse('desk-share', args=[lang, snippet.pk])}?{query}")


def _revisions(scope: str) -> QuerySet[SharedSetupRevision]:
    found = SharedSetupRevision.objects.filter(scope=scope).select_related("user")
    return found[:REVISIONS_SHOWN]


def _label(scope: str) -> str:
    kind, _colon, name = scope.partition(":")
    if kind == "tag":
        return _("every article tagged %(name)s") % {"name": name}
    source, _colon, external_id = name.partition(":")
    titles = Source.objects.filter(kind=source, external_id=external_id).values_list("title")
    title = titles.first()
    return _("this article (%(name)s)") % {"name": title[0] if title and title[0] else name}
