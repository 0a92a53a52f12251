"""What the views of runs share: sessions, refusals in JSON or as a page, and a run's words."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from sandbox import runtime
from snippets import differing, presentation, tables
from snippets.models import Run, Verification


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def session_key(request: HttpRequest) -> str:
    """Return the key of the reader's session, which begins with the first run."""
    if not request.session.session_key:
        request.session.create()
    return request.session.session_key or ""


def see_other(url: str) -> HttpResponse:
    return HttpResponse(status=HTTPStatus.SEE_OTHER, headers={"Location": url})


def refused(request: HttpRequest, message: str, status: HTTPStatus) -> HttpResponseBase:
    if wants_json(request):
        return JsonResponse({"error": message}, status=status)
    return render(request, "snippets/refused.html", {"message": message}, status=status)


def refused_for_now(request: HttpRequest, wait_seconds: int) -> HttpResponseBase:
    """Answer 429 and say, to people and to programs, when to come back."""
    message = presentation.wait_message(wait_seconds)
    status = HTTPStatus.TOO_MANY_REQUESTS
    response: HttpResponseBase
    if wants_json(request):
        values = {"error": message, "retry_after_seconds": wait_seconds}
        response = JsonResponse(values, status=status)
    else:
        context = {"message": message, "wait_seconds": wait_seconds}
        response = render(request, "snippets/refused.html", context, status=status)
    response["Retry-After"] = str(wait_seconds)
    return response


def accepted(
    request: HttpRequest, lang: str, run: Run, *, can_cancel: bool = True
) -> HttpResponseBase:
    """Answer that a run was taken on: where it is, for people; all its addresses, for programs."""
    url = reverse("snippets:run", args=[lang, run.public_id])
    if not wants_json(request):
        return see_other(url)
    values = {
        "id": run.public_id,
        "url": url,
        "events": reverse("snippets:run_events", args=[lang, run.public_id]),
        "cancel": reverse("snippets:cancel_run", args=[lang, run.public_id]) if can_cancel else "",
    }
    return JsonResponse(values, status=HTTPStatus.ACCEPTED)


def run_context(run: Run) -> dict[str, Any]:
    """Return what a page or an event says of a run, in the active language."""
    artifacts = list(run.artifacts.defer("data"))
    runtimes = runtime.load_all()
    return {
        "label": presentation.state_label(run),
        "tone": presentation.state_tone(run),
        "reason": presentation.reason(run),
        "usage": presentation.usage(run),
        "output": presentation.output_parts(run),
        "warnings": presentation.framework_warnings(run),
        "figures": [one for one in artifacts if one.kind == "figure"],
        "files": [one for one in artifacts if one.kind not in {"figure", "table"}],
        "tables": tables.read_tables([one.pk for one in artifacts if one.kind == "table"]),
        "difference": _difference(run),
        "kept_days": settings.RUN_KEPT_DAYS,
        "runtime_label": presentation.runtime_label(run.runtime, runtimes),
        "runtimes": [one for one in runtimes.values() if not one.on_demand],
        "rows": min(max(run.code.count("\n") + 2, 6), 40),
    }


def _difference(run: Run) -> differing.Difference | None:
    """Return how the run's output differs from the one verified on the same runtime."""
    if run.snippet_id is None or not run.is_over:
        return None
    verified = (
        Verification.objects.current()
        .filter(snippet=run.snippet_id, runtime=run.runtime)
        .exclude(run=None)
        .exclude(run=run)
        .select_related("run")
        .first()
    )
    if verified is None or verified.run is None:
        return None
    return differing.compare(verified.run.stdout, run.stdout)
