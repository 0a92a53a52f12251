"""Addresses that are told what broke: made, tried, paused, removed; and what they were sent."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from kb.models import Webhook, WebhookDelivery
from kb.people.roles import Permission
from kb.views.access import requires
from kb.webhooks import services
from kb.webhooks.forms import WebhookForm
from kb.webhooks.wording import explain

DELIVERIES_SHOWN = 50
PART = {"desk_part": "webhooks"}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_WEBHOOKS)
def webhooks(request: HttpRequest, lang: str) -> HttpResponse:
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        webhook = services.make_webhook(
            user=request.user,
            site_url=request.build_absolute_uri("/"),
            **form.cleaned_data,
        )
        context = {"webhook": webhook, "secret": webhook.secret, "form": _form_of(webhook)}
        return _answer(request, context)
    context = {"form": form, "webhooks": Webhook.objects.all(), **PART}
    return render(request, "desk/webhooks.html", context, status=_status(request))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_WEBHOOKS)
def webhook(request: HttpRequest, lang: str, webhook_id: int) -> HttpResponse:
    found = get_object_or_404(Webhook, pk=webhook_id)
    form = WebhookForm(request.POST) if request.method == "POST" else _form_of(found)
    if request.method == "POST" and form.is_valid():
        services.change_webhook(user=request.user, webhook=found, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("desk-webhook", lang, found.pk)
    return _answer(request, {"webhook": found, "form": form}, status=_status(request))


@require_POST
@requires(Permission.MANAGE_WEBHOOKS)
def act(request: HttpRequest, lang: str, webhook_id: int, deed: str) -> HttpResponse:
    found = get_object_or_404(Webhook, pk=webhook_id)
    if deed not in DEEDS:
        raise Http404(f"no deed {deed!r}")
    return DEEDS[deed](request, lang, found)


@require_POST
@requires(Permission.MANAGE_WEBHOOKS)
def send_again(request: HttpRequest, lang: str, delivery_id: int) -> HttpResponse:
    found = get_object_or_404(WebhookDelivery.objects.select_related("webhook"), pk=delivery_id)
    _tell(request, services.send_again(delivery=found))
    return redirect("desk-webhook", lang, found.webhook_id)


def _test(request: HttpRequest, lang: str, found: Webhook) -> HttpResponse:
    _tell(request, services.send_test(webhook=found))
    return redirect("desk-webhook", lang, found.pk)


def _pause(request: HttpRequest, lang: str, found: Webhook) -> HttpResponse:
    services.set_active(user=request.user, webhook=found, is_active=False)
    return redirect("desk-webhook", lang, found.pk)


def _resume(request: HttpRequest, lang: str, found: Webhook) -> HttpResponse:
    services.set_active(user=request.user, webhook=found, is_active=True)
    return redirect("desk-webhook", lang, found.pk)


@sensitive_variables("secret")
def _renew(request: HttpRequest, lang: str, found: Webhook) -> HttpResponse:
    secret = services.renew_secret(user=request.user, webhook=found)
    return _answer(request, {"webhook": found, "secret": secret, "form": _form_of(found)})


def _remove(request: HttpRequest, lang: str, found: Webhook) -> HttpResponse:
    services.remove_webhook(user=request.user, webhook=found)
    messages.success(request, _("“%(name)s” was removed.") % {"name": found})
    return redirect("desk-webhooks", lang)


DEEDS: Mapping[str, Callable[[HttpRequest, str, Webhook], HttpResponse]] = {
    "test": _test,
    "pause": _pause,
    "resume": _resume,
    "renew": _renew,
    "remove": _remove,
}


def _answer(
    request: HttpRequest, context: dict[str, object], status: int = HTTPStatus.OK
) -> HttpResponse:
    found = context["webhook"]
    assert isinstance(found, Webhook)
    deliveries = found.deliveries.order_by("-pk")[:DELIVERIES_SHOWN]
    values = {**context, "deliveries": deliveries, **PART}
    return render(request, "desk/webhook.html", values, status=status)


def _form_of(found: Webhook) -> WebhookForm:
    return WebhookForm(
        initial={"url": found.url, "description": found.description, "events": found.events}
    )


def _tell(request: HttpRequest, delivery: WebhookDelivery) -> None:
    if delivery.status == WebhookDelivery.Status.DELIVERED:
        told = _("Delivered: it answered %(status)s after %(ms)s ms.")
        values = {"status": delivery.response_status, "ms": delivery.milliseconds}
        messages.success(request, told % values)
    else:
        told = _("Not delivered: %(reason)s.") % {"reason": explain(delivery.error)}
        messages.error(request, told)


def _status(request: HttpRequest) -> int:
    # A form that comes back is an invalid one.
    return HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
