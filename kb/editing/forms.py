"""What the editor's pages send."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kb.editing.saving import TITLE_CHARACTERS, TextEdit
from kb.editing.wording import explain
from kb.errors import AuthoringError
from kb.languages import BY_PATH
from kb.models import Article, Language, Post, Tag, Translation
from kb.storing.texts import COMMENT_CHARACTERS
from kb.tagging import find_tags

TEXT_CHARACTERS = 400_000
"""An article is a tenth of this at most; imports brought longer ones."""


def _text(label: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 24, "spellcheck": "true", "class": "code"})
    return forms.CharField(
        label=label, max_length=TEXT_CHARACTERS, required=False, strip=False, widget=widget
    )


def _base() -> forms.IntegerField:
    return forms.IntegerField(
        min_value=0, required=False, initial=0, widget=forms.HiddenInput(), max_value=10**6
    )


class DeskForm(forms.Form):
    """A form whose labels end as they are written: a colon does not follow a question."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class TextsForm(DeskForm):
    """A post's texts in both languages, and from which revisions they were made."""

    title_zh = forms.CharField(label=_("Title"), max_length=TITLE_CHARACTERS, required=False)
    title_en = forms.CharField(label=_("Title"), max_length=TITLE_CHARACTERS, required=False)
    markdown_zh = _text(_("Chinese text"))
    markdown_en = _text(_("English text"))
    base_zh = _base()
    base_en = _base()
    comment = forms.CharField(
        label=_("What did you change, and why?"), max_length=COMMENT_CHARACTERS, required=False
    )

    def __init__(self, *args: Any, has_title: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_title:
            del self.fields["title_zh"], self.fields["title_en"]

    def edits(self) -> dict[Language, TextEdit]:
        """Return the valid form's texts, those in languages that nobody wrote left out."""
        values = self.cleaned_data
        found = {
            language: TextEdit(
                markdown=values[f"markdown_{path}"],
                title=values.get(f"title_{path}", ""),
                base=values[f"base_{path}"] or 0,
            )
            for path, language in BY_PATH.items()
        }
        return {key: one for key, one in found.items() if one.base or one.markdown.strip()}


class EditForm(TextsForm):
    agrees = forms.BooleanField(label=_("Both texts now say the same"), required=False)


class _TagsField(forms.CharField):
    """Names of tags, in any spelling, separated by commas or spaces."""

    def clean(self, value: Any) -> list[Tag]:
        text = super().clean(value)
        names = [name for part in text.replace("，", ",").split(",") for name in _names(part)]
        try:
            return find_tags(names)
        except AuthoringError as error:
            raise forms.ValidationError(explain(error)) from error


def _names(part: str) -> list[str]:
    """Return the names in a part between commas; a synonym may contain spaces."""
    whole = part.strip()
    try:
        return [whole] if find_tags([whole]) else []
    except AuthoringError:
        return whole.split()


def _tags_field() -> _TagsField:
    return _TagsField(
        label=_("Tags"),
        help_text=_("Names or synonyms of tags, separated by commas, for example: pytorch, lstm"),
        max_length=500,
        required=False,
    )


class ArticleForm(TextsForm):
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=Article.Kind.choices,
        initial=Article.Kind.QUESTION,
        widget=forms.RadioSelect,
    )
    tags = _tags_field()


class ArrangeForm(DeskForm):
    """What of an article is not text."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=Article.Kind.choices, widget=forms.RadioSelect
    )
    slug = forms.SlugField(
        label=_("Address"),
        help_text=_("The last part of the article's address. The old one keeps leading here."),
        max_length=110,
        allow_unicode=True,
    )
    tags = _tags_field()
    accepted = forms.ModelChoiceField(
        label=_("Accepted answer"),
        queryset=Post.objects.none(),
        required=False,
        empty_label=_("none"),
    )
    why = forms.CharField(label=_("Why?"), max_length=COMMENT_CHARACTERS, required=False)

    def __init__(self, *args: Any, article: Article, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answers = article.posts.filter(role=Post.Role.ANSWER).order_by("position")
        accepted = self.fields["accepted"]
        accepted.queryset = answers  # type: ignore[attr-defined]
        accepted.label_from_instance = _answer_label  # type: ignore[attr-defined]
        if article.kind == Article.Kind.GUIDE:
            del self.fields["accepted"]


def _answer_label(post: Post) -> str:
    number = str(_("Answer %(number)s") % {"number": post.position})
    return f"{number} · {post.author}" if post.author else number


class RestoreForm(DeskForm):
    why = forms.CharField(
        label=_("Why is it rolled back?"), max_length=COMMENT_CHARACTERS - 10, required=True
    )
    carries = forms.BooleanField(
        label=_("Put its code into the other language's text too"), required=False
    )


def initial_of(texts: Mapping[str, Translation]) -> dict[str, Any]:
    """Return the fields of a form that begins with a post's texts as they are."""
    found: dict[str, Any] = {}
    for path, language in BY_PATH.items():
        if text := texts.get(language):
            found |= {
                f"title_{path}": text.title,
                f"markdown_{path}": text.markdown,
                f"base_{path}": text.revision_number,
            }
    return found


class SuggestionDecisionForm(DeskForm):
    """A suggested edit as the curator leaves it; declining takes a reason."""

    title = forms.CharField(label=_("Title"), max_length=TITLE_CHARACTERS, required=False)
    markdown = _text(_("The text as it will be saved"))
    base = _base()
    carries = forms.BooleanField(
        label=_("Put its code into the other language's text too"), required=False
    )
    decision = forms.CharField(
        label=_("What do you say to the reader?"),
        help_text=_("Needed to decline."),
        max_length=1000,
        required=False,
    )
    action = forms.ChoiceField(choices=[("accept", "accept"), ("decline", "decline")])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("action") == "decline" and not values.get("decision", "").strip():
            self.add_error("decision", _("Say why it is declined."))
        values["base"] = values.get("base") or 0
        return values
