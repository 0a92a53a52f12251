"""What a reader may send to have code run."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from snippets.joining import SNIPPETS_AT_MOST, setup_with_earlier
from snippets.models import Snippet
from snippets.verification import best_program


class RunForm(forms.Form):
    """Code to run, or a snippet's own; `snippet` also says which setup goes before it."""

    snippet = forms.ModelChoiceField(
        Snippet.objects.all(),
        required=False,
        error_messages={"invalid_choice": _("This snippet does not exist.")},
    )
    runtime = forms.CharField(max_length=40)
    code = forms.CharField(required=False, strip=False)
    # Ids of the snippets before it in the same text, to run as one session with it.
    before = forms.RegexField(r"^\d{1,18}(,\d{1,18})*$", required=False, max_length=400)

    def clean_before(self) -> list[int]:
        ids = [int(part) for part in self.cleaned_data["before"].split(",") if part]
        return ids[:SNIPPETS_AT_MOST]

    def clean(self) -> dict[str, object]:
        values = super().clean() or {}
        snippet = values.get("snippet")
        if not values.get("code", "").strip():
            if not isinstance(snippet, Snippet) or "code" in self.data:
                raise forms.ValidationError(_("Write at least one line of code."))
            values["code"] = snippet.code
        return values

    def request_values(self) -> dict[str, Any]:
        """Return what `services.request_run` wants to know of the run."""
        values = self.cleaned_data
        setup = setup_with_earlier(
            snippet=values["snippet"], earlier=values["before"], runtime=values["runtime"]
        )
        snippet, code = values["snippet"], values["code"]
        return {
            "snippet": snippet,
            "runtime": values["runtime"],
            "code": best_program(snippet, code) if snippet else code,
            "setup": setup,
        }
