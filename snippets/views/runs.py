"""Asking for runs, seeing them, cancelling them, and what they left."""

from http import HTTPStatus

import redis
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseForbidden,
    JsonResponse,
)
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_POST

from snippets import presentation, ratelimit, services, wording
from snippets.forms import RunForm
from snippets.models import Artifact, Run
from snippets.views import pages

# A document that a run left can do nothing, even opened on its own.
ARTIFACT_POLICY = "default-src 'none'; sandbox"


@require_POST
@never_cache
def create_run(request: HttpRequest, lang: str) -> HttpResponseBase:
    form = RunForm(request.POST)
    if not form.is_valid():
        message = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return pages.refused(request, message, HTTPStatus.UNPROCESSABLE_ENTITY)
    session_key = pages.session_key(request)
    try:
        wait_seconds = ratelimit.seconds_to_wait(
            user=request.user, session_key=session_key, address=request.META["REMOTE_ADDR"]
        )
        if wait_seconds:
            return pages.refused_for_now(request, wait_seconds)
        run = services.request_run(
            **form.request_values(),
            user=request.user,
            session_key=session_key,
        )
    except services.RunRefused as error:
        return pages.refused(request, wording.explain(str(error)), HTTPStatus.UNPROCESSABLE_ENTITY)
    except redis.RedisError:
        message = _("Runs are not possible at the moment. Please try again in a minute.")
        return pages.refused(request, message, HTTPStatus.SERVICE_UNAVAILABLE)
    return pages.accepted(request, lang, run)


@require_GET
@never_cache
def show_run(request: HttpRequest, lang: str, public_id: str) -> HttpResponse:
    run = get_object_or_404(
        Run.objects.select_related("snippet", "requested_by"), public_id=public_id
    )
    session_key = request.session.session_key or ""
    context = {
        "lang": lang,
        "run": run,
        "can_cancel": not run.is_over
        and services.may_cancel(run=run, user=request.user, session_key=session_key),
        **pages.run_context(run),
    }
    response = render(request, "snippets/run.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_POST
@never_cache
def cancel_run(request: HttpRequest, lang: str, public_id: str) -> HttpResponseBase:
    run = get_object_or_404(Run, public_id=public_id)
    session_key = request.session.session_key or ""
    try:
        run = services.cancel_run(run=run, user=request.user, session_key=session_key)
    except services.NotAllowed:
        return HttpResponseForbidden(
            _("Only who asked for a run may cancel it."), content_type="text/plain; charset=utf-8"
        )
    if pages.wants_json(request):
        return JsonResponse({"status": run.status, "label": str(presentation.state_label(run))})
    return pages.see_other(reverse("snippets:run", args=[lang, run.public_id]))


@require_GET
@cache_control(private=True, max_age=31_536_000, immutable=True)
def show_artifact(
    request: HttpRequest, lang: str, public_id: str, artifact_id: int
) -> HttpResponseBase:
    artifact = get_object_or_404(Artifact, pk=artifact_id, run__public_id=public_id)
    is_figure = artifact.kind == "figure"
    response = HttpResponse(
        bytes(artifact.data),
        content_type="image/png" if is_figure else "application/octet-stream",
    )
    response["Content-Disposition"] = content_disposition_header(not is_figure, artifact.name) or ""
    response["Content-Security-Policy"] = ARTIFACT_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
