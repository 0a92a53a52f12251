"""What readers may write."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from kb.models import ApiToken, Vote

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


class TokenForm(forms.Form):
    """What a program may do for its user; the scopes offered are those the user may have."""

    name = forms.CharField(
        label=_("What is it for?"),
        help_text=_("A name by which you will know it again, such as the program's."),
        max_length=80,
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        help_text=_("Reading needs no token. Give no more than the program needs."),
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(
        label=_("How long is it good for?"),
        choices=[
            (30, _("30 days")),
            (90, _("90 days")),
            (365, _("a year")),
            (0, _("until it is revoked")),
        ],
        coerce=int,
        initial=90,
    )

    def __init__(self, *args: Any, scopes: Sequence[ApiToken.Scope], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (scope.value, format_html("{} <code>{}</code>", scope.label, scope.value))
            for scope in scopes
        ]
