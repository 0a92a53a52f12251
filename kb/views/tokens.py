"""A user's tokens of the API: made, shown once, revoked."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from kb.forms import TokenForm
from kb.models import ApiToken
from kb.people.tokens import TOKENS_AT_MOST, Scope, TokenRefused, make_token, may_have, revoke_token


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@sensitive_variables("text")
def tokens(request: HttpRequest, lang: str) -> HttpResponse:
    form = TokenForm(request.POST or None, scopes=[one for one in Scope if _may(request, one)])
    made, text = None, ""
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made, text = make_token(
                user=request.user,
                name=values["name"],
                scopes=[Scope(one) for one in values["scopes"]],
                days=values["days"] or None,
            )
        except TokenRefused:
            message = _("You have %(most)s tokens already. Revoke one that you do not need.")
            form.add_error(None, message % {"most": TOKENS_AT_MOST})
        else:
            form = TokenForm(scopes=[one for one in Scope if _may(request, one)])
    context = {
        "form": form,
        "made": made,
        "text": text,
        "tokens": ApiToken.objects.filter(user=request.user, revoked_at=None),  # type: ignore[misc]
    }
    is_wrong = request.method == "POST" and made is None
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return render(request, "kb/tokens.html", context, status=status)


@require_POST
@never_cache
@login_required
def revoke(request: HttpRequest, lang: str, token_id: int) -> HttpResponse:
    token = get_object_or_404(ApiToken, pk=token_id, user=request.user)
    revoke_token(user=request.user, token=token)
    messages.success(request, _("“%(name)s” was revoked.") % {"name": token.name})
    return redirect("tokens", lang)


def _may(request: HttpRequest, scope: Scope) -> bool:
    return may_have(request.user, scope)
