"""A suggested edit: what it would change, and the decision on it."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kb.editing import suggesting
from kb.editing.forms import SuggestionDecisionForm
from kb.editing.saving import EditConflict
from kb.editing.wording import explain
from kb.errors import AuthoringError
from kb.languages import TO_PATH, html_lang
from kb.models import Language, Report
from kb.people.roles import Permission
from kb.views.access import requires
from kb.views.desk.place import back_address


@requires(Permission.DECIDE_REPORTS)
@require_http_methods(["GET", "HEAD", "POST"])
def suggestion(request: HttpRequest, lang: str, report_id: int) -> HttpResponseBase:
    edits = Report.objects.filter(kind=Report.Kind.EDIT)
    report = get_object_or_404(edits.select_related("post__article", "user"), pk=report_id)
    if request.method != "POST":
        return _page(request, lang, report)
    form = SuggestionDecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, lang, report, form)
    try:
        _decide(request, report, form.cleaned_data)
    except suggesting.AlreadyDecided:
        messages.info(request, _("Somebody else decided on it already."))
    except EditConflict:
        form.add_error(None, _("The text was changed meanwhile. Compare again, then decide."))
        return _page(request, lang, report, form, is_moved=True)
    except AuthoringError as error:
        form.add_error(None, explain(error))
        return _page(request, lang, report, form)
    else:
        messages.success(request, _("Decided. The reader's words stand in the history."))
    return redirect(back_address(request, lang, "reports", done=[report.pk]))


def _decide(request: HttpRequest, report: Report, values: dict[str, Any]) -> None:
    decision = values["decision"]
    if values["action"] == "decline":
        suggesting.decline_suggestion(report=report, decision=decision, user=request.user)
        return
    suggesting.accept_suggestion(
        report=report,
        markdown=values["markdown"],
        title=values["title"],
        base=values["base"],
        decision=decision,
        user=request.user,
        carries_code=values["carries"],
    )


def _page(
    request: HttpRequest,
    lang: str,
    report: Report,
    form: SuggestionDecisionForm | None = None,
    *,
    is_moved: bool = False,
) -> HttpResponse:
    found = suggesting.view_suggestion(report)
    if found and (form is None or is_moved):
        initial = {
            "markdown": form["markdown"].value() if form else found.proposed,
            "title": found.title,
            "base": found.text.revision_number,
        }
        errors = form.non_field_errors() if form else []
        form = SuggestionDecisionForm(initial=initial)
    else:
        errors = form.non_field_errors() if form else []
    language = Language(report.language)
    context = {
        "report": report,
        "found": found,
        "form": form,
        "errors": errors,
        "queue": back_address(request, lang, "reports", done=[report.pk]),
        "path": TO_PATH[language],
        "text_lang": html_lang(language),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "desk/suggestion.html", context, status=status)
