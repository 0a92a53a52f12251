"""Importing from the desk: upload, look at what it would do, import, see what was left out."""

import csv
from http import HTTPStatus
from pathlib import PurePath
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kb.importers import jobs
from kb.importers.jobs import NotNow, Wishes
from kb.importers.wording import explain
from kb.models import ImportJob
from kb.people.roles import Permission
from kb.views.access import requires

JOBS_SHOWN = 50
ERRORS_SHOWN = 50
# What spreadsheets would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class ImportForm(forms.Form):
    format = forms.ChoiceField(
        label=gettext_lazy("Format"), choices=ImportJob.Format.choices, widget=forms.RadioSelect
    )
    file = forms.FileField(label=gettext_lazy("File"), max_length=150)
    tag = forms.CharField(
        label=gettext_lazy("Only with these tags"),
        help_text=gettext_lazy(
            "Separated by spaces. Notebooks and Markdown files without tags get them."
        ),
        required=False,
        max_length=300,
    )
    min_score = forms.IntegerField(
        label=gettext_lazy("Only questions with at least this score"), required=False
    )
    since = forms.DateField(
        label=gettext_lazy("Only from this day on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    site = forms.URLField(
        label=gettext_lazy("Where it comes from"),
        help_text=gettext_lazy(
            "The site's address, where the files do not say it: links and sources need it."
        ),
        required=False,
        max_length=200,
        assume_scheme="https",
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > settings.IMPORT_BYTES:
            told = {
                "size": filesizeformat(upload.size),
                "most": filesizeformat(settings.IMPORT_BYTES),
            }
            raise forms.ValidationError(
                _("%(size)s, at most %(most)s. Split it, or use the command on the server.") % told
            )
        return upload

    def wishes(self) -> Wishes:
        values = self.cleaned_data
        return Wishes(
            format=values["format"],
            tags=tuple(values["tag"].split()),
            min_score=values["min_score"],
            since=values["since"],
            site=values["site"],
        )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.IMPORT_CONTENT)
def imports(request: HttpRequest, lang: str) -> HttpResponse:
    """List the imports, what failed first, and take an upload."""
    form = ImportForm(request.POST or None, request.FILES or None, initial={"format": "archive"})
    if request.method == "POST" and form.is_valid():
        job = jobs.request_import(
            user=request.user, upload=form.cleaned_data["file"], wishes=form.wishes()
        )
        return redirect(reverse("desk-import", args=[lang, job.pk]))
    failed_first = Case(
        When(state=ImportJob.State.FAILED, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    recent = ImportJob.objects.select_related("requested_by").order_by(failed_first, "-pk")
    context = {
        "form": form,
        "jobs": recent[:JOBS_SHOWN],
        "most_bytes": settings.IMPORT_BYTES,
        "desk_part": "imports",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "desk/imports.html", context, status=status)


@require_safe
@requires(Permission.IMPORT_CONTENT)
def import_job(request: HttpRequest, lang: str, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob.objects.select_related("requested_by"), pk=job_id)
    context = {
        "job": job,
        "errors": job.errors[:ERRORS_SHOWN],
        "counts": _counts(job),
        "has_file": job.chunks.exists(),
        "formats": ImportJob.Format.choices,
        "desk_part": "imports",
    }
    return render(request, "desk/import.html", context)


@require_POST
@requires(Permission.IMPORT_CONTENT)
def answer_import(request: HttpRequest, lang: str, job_id: int) -> HttpResponse:
    """Import what was checked, try again, or discard."""
    job = get_object_or_404(ImportJob, pk=job_id)
    try:
        match request.POST.get("answer"):
            case "import":
                jobs.start_import(user=request.user, job=job)
            case "retry":
                format_name = request.POST.get("format", "")
                jobs.retry_import(user=request.user, job=job, format_name=format_name)
            case "discard":
                jobs.discard_import(user=request.user, job=job)
    except NotNow:
        messages.warning(request, _("That cannot be done any more; this is how it stands now."))
    return redirect(reverse("desk-import", args=[lang, job.pk]))


@require_safe
@requires(Permission.IMPORT_CONTENT)
def import_errors(request: HttpRequest, lang: str, job_id: int) -> HttpResponse:
    """Send the rows with errors as a table that spreadsheets open."""
    job = get_object_or_404(ImportJob, pk=job_id)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"{PurePath(job.file_name).stem}-errors.csv"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response.write("\ufeff")
    table = csv.writer(response)
    table.writerow(["row", "reason"])
    table.writerows([_cell(one["row"]), _cell(explain(one["reason"]))] for one in job.errors)
    return response


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _counts(job: ImportJob) -> list[tuple[str, int]]:
    """Return the report's counts with their names, those that say something."""
    names = {
        "created": _("new articles"),
        "updated": _("changed articles"),
        "unchanged": _("unchanged articles"),
        "questions": _("questions"),
        "answers": _("answers"),
        "guides": _("guides"),
        "snippets": _("pieces of code that can be run"),
        "lines_unplaced": _("lines lost"),
    }
    return [(name, job.counts[key]) for key, name in names.items() if job.counts.get(key)]
