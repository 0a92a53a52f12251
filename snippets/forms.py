"""What a reader may send to have code run."""

from django import forms
from django.utils.translation import gettext_lazy as _

from snippets.models import Snippet


class RunForm(forms.Form):
    """Code to run, or a snippet's own; `snippet` also says which setup goes before it."""

    snippet = forms.ModelChoiceField(
        Snippet.objects.all(),
        required=False,
        error_messages={"invalid_choice": _("This snippet does not exist.")},
    )
    runtime = forms.CharField(max_length=40)
    code = forms.CharField(required=False, strip=False)

    def clean(self) -> dict[str, object]:
        values = super().clean() or {}
        snippet = values.get("snippet")
        if not values.get("code", "").strip():
            if not isinstance(snippet, Snippet) or "code" in self.data:
                raise forms.ValidationError(_("Write at least one line of code."))
            values["code"] = snippet.code
        return values
