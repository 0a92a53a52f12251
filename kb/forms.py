"""What readers may write."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kb.models import Vote

COMMENT_CHARACTERS = 1000
TEXT_CHARACTERS = 60_000


class VoteForm(forms.Form):
    value = forms.TypedChoiceField(
        choices=[(value, value) for value in (0, *Vote.Value.values)], coerce=int
    )


class OutdatedForm(forms.Form):
    comment = forms.CharField(
        label=_("What does not hold any more?"),
        help_text=_("For example: since which version, and what happens instead."),
        max_length=COMMENT_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class SuggestionForm(forms.Form):
    markdown = forms.CharField(
        label=_("The text, in Markdown"),
        max_length=TEXT_CHARACTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "true", "class": "code"}),
    )
    comment = forms.CharField(
        label=_("What did you change, and why?"), max_length=COMMENT_CHARACTERS, required=False
    )
