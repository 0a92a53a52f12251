"""What a webhook's page takes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kb.models import Webhook
from kb.webhooks.sending import AddressRefused, check_url
from kb.webhooks.wording import explain


class WebhookForm(forms.Form):
    url = forms.URLField(
        label=_("Address"),
        help_text=_("Messages are posted to it; https:// on the public Internet."),
        max_length=500,
        assume_scheme="https",
    )
    description = forms.CharField(label=_("What is it for?"), max_length=120, required=False)
    events = forms.MultipleChoiceField(
        label=_("What is it told?"),
        choices=Webhook.Event.choices,
        initial=Webhook.Event.values,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_url(self) -> Any:
        url = self.cleaned_data["url"]
        try:
            check_url(url)
        except AddressRefused as error:
            raise forms.ValidationError(
                _("This address cannot be used: %(reason)s."),
                params={"reason": explain(str(error))},
            ) from error
        return url
