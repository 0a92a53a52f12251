"""Deciding on one thing at a time: a reader's flag, a batch of checks that batch_answers."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kb.curation import batch_answers, deciding
from kb.desk.batches import list_batches
from kb.desk.report import view_report
from kb.models import Report
from kb.people.roles import Permission
from kb.views.access import requires
from kb.views.desk.place import back_address


class DecisionForm(forms.Form):
    decision = forms.CharField(
        label=gettext_lazy("What was done, or why nothing was"),
        help_text=gettext_lazy("It is kept with the flag and in the history."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DECIDE_REPORTS)
def report(request: HttpRequest, lang: str, report_id: int) -> HttpResponse:
    """Show what a reader says is outdated beside the post, and take the decision."""
    found = get_object_or_404(
        Report.objects.select_related("post__article", "user", "decided_by"),
        pk=report_id,
    )
    if found.kind == Report.Kind.EDIT:
        return redirect("desk-suggestion", lang=lang, report_id=report_id)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        count = deciding.decide_reports(
            report_ids=[found.pk],
            is_accepted=request.POST.get("verdict") == "accept",
            decision=form.cleaned_data["decision"],
            user=request.user,
        )
        if count:
            messages.success(request, _("Decided. The article's standing follows."))
        else:
            messages.warning(request, _("Somebody has decided on this already."))
        return redirect(back_address(request, lang, "reports", done=[found.pk]))
    context = {
        "form": form,
        "view": view_report(found, lang=lang),
        "queue": back_address(request, lang, "reports", done=[found.pk]),
        "desk_part": "queues",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "desk/report.html", context, status=status)


@require_safe
@requires(Permission.ACCEPT_BATCHES)
def batches(request: HttpRequest, lang: str) -> HttpResponse:
    context = {"batches": list_batches(lang), "desk_part": "queues"}
    return render(request, "desk/batches.html", context)


@require_POST
@requires(Permission.ACCEPT_BATCHES)
def answer_batch(request: HttpRequest, lang: str, batch_id: int) -> HttpResponse:
    """Let a stopped batch's failures count, or forget them and check again."""
    is_accepted = request.POST.get("verdict") == "accept"
    why = request.POST.get("why", "").strip()
    try:
        count = batch_answers.answer_batch(
            batch_id=batch_id, is_accepted=is_accepted, why=why, user=request.user
        )
    except batch_answers.NotStopped:
        messages.warning(request, _("This batch has been answered already."))
    else:
        told = _("%(n)d failures count now.") if is_accepted else _("%(n)d are checked again.")
        messages.success(request, told % {"n": count})
    return redirect("desk-batches", lang=lang)
