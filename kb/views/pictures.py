"""Pictures that came with imports."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from kb.models import Picture

YEAR_SECONDS = 365 * 24 * 3600


@require_safe
def picture(request: HttpRequest, digest: str) -> HttpResponse:
    found = get_object_or_404(Picture, digest=digest)
    response = HttpResponse(bytes(found.data), content_type=found.media_type)
    # Its name is its content's digest.
    response["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response
