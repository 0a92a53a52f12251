"""Settings of a site that answers one address with a file's bytes and does nothing else."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.settings import *  # noqa: F403
from config.settings import VAR_DIR

ROOT_URLCONF = "bench.bare"
PAGE = Path(VAR_DIR) / "bare.html"
_BYTES = PAGE.read_bytes() if PAGE.exists() else b""


def answer(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(_BYTES)


urlpatterns = [path("bare", answer)]
