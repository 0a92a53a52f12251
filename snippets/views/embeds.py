"""A snippet in other people's pages: to read with its verified output, and to run.

Inside a foreign page a browser sends none of our cookies, so this has nobody's
rights: a run is a stranger's, counted by address, and needs no token of ours.
"""

from http import HTTPStatus

import redis
from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from snippets import ratelimit, services, wording
from snippets.cards import load_cards
from snippets.forms import RunForm
from snippets.views import pages

POLICY = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": ["*"],
}


@require_safe
@csp_replace(POLICY)  # type: ignore[arg-type]  # its stubs know views without arguments only
@xframe_options_exempt
@cache_control(public=True, max_age=300)
def embed_snippet(request: HttpRequest, lang: str, snippet_id: int) -> HttpResponse:
    card = load_cards([snippet_id]).get(snippet_id)
    if card is None:
        raise Http404(f"no snippet {snippet_id}")
    response = render(request, "snippets/embed.html", {"lang": lang, "card": card})
    response["X-Robots-Tag"] = "noindex"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_POST
@never_cache
@csrf_exempt
def run_embedded(request: HttpRequest, lang: str) -> HttpResponseBase:
    form = RunForm(request.POST)
    if not form.is_valid():
        message = _("This cannot be run as it is.")
        return pages.refused(request, message, HTTPStatus.UNPROCESSABLE_ENTITY)
    address, nobody = request.META["REMOTE_ADDR"], AnonymousUser()
    try:
        key = f"embedded:{address}"
        wait_seconds = ratelimit.seconds_to_wait(user=nobody, session_key=key, address=address)
        if wait_seconds:
            return pages.refused_for_now(request, wait_seconds)
        run = services.request_run(**form.request_values(), user=nobody)
    except services.RunRefused as error:
        return pages.refused(request, wording.explain(str(error)), HTTPStatus.UNPROCESSABLE_ENTITY)
    except redis.RedisError:
        message = _("Runs are not possible at the moment. Please try again in a minute.")
        return pages.refused(request, message, HTTPStatus.SERVICE_UNAVAILABLE)
    return pages.accepted(request, lang, run, can_cancel=False)
