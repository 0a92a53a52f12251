"""What the tags' pages send."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from kb.editing.forms import DeskForm
from kb.models import Tag
from kb.storing.texts import COMMENT_CHARACTERS
from kb.tagging import find_tag

NAMES = ("name_zh", "name_en", "description_zh", "description_en")
NAME_CHARACTERS = 60


class TagField(forms.CharField):
    """A tag by its slug or a synonym."""

    def clean(self, value: Any) -> Tag | None:
        name = super().clean(value)
        if not name:
            return None
        found = find_tag(name)
        if found is None:
            raise forms.ValidationError(_("There is no tag “%(name)s”."), params={"name": name})
        return found


class TagForm(DeskForm):
    slug = forms.RegexField(
        r"^[a-z0-9]+(?:-[a-z0-9]+)*$",
        label=_("Address"),
        help_text=_("Lower-case letters, digits and hyphens. The old one keeps leading here."),
        max_length=NAME_CHARACTERS,
    )
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=NAME_CHARACTERS)
    name_en = forms.CharField(label=_("Name in English"), max_length=NAME_CHARACTERS)
    description_zh = forms.CharField(
        label=_("Description in Chinese"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "lang": "zh-Hans"}),
    )
    description_en = forms.CharField(
        label=_("Description in English"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "lang": "en"}),
    )
    parent = TagField(
        label=_("Part of"),
        help_text=_("The tag above this one; empty: none."),
        required=False,
        max_length=NAME_CHARACTERS,
    )
    synonyms = forms.CharField(
        label=_("Synonyms"),
        help_text=_("Other names in either language, one a line."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    why = forms.CharField(label=_("Why?"), max_length=COMMENT_CHARACTERS, required=False)

    @classmethod
    def of(cls, tag: Tag) -> "TagForm":
        initial: dict[str, Any] = {name: getattr(tag, name) for name in ("slug", *NAMES)}
        initial["parent"] = tag.parent.slug if tag.parent else ""
        initial["synonyms"] = "\n".join(tag.synonyms.values_list("name", flat=True))
        return cls(initial=initial)

    @classmethod
    def suggested(cls, name: str) -> "TagForm":
        """Return a form for a new tag by the name that somebody typed."""
        slug = slugify(name)
        initial = {"slug": slug, "name_en" if name.isascii() else "name_zh": name}
        if slug != name.lower():
            initial["synonyms"] = name
        return cls(initial=initial)

    def clean_synonyms(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["synonyms"].splitlines()]
        if long := [line for line in lines if len(line) > NAME_CHARACTERS]:
            raise forms.ValidationError(
                _("“%(name)s” is too long for a tag's name."), params={"name": long[0]}
            )
        return [line for line in lines if line]

    def values(self) -> dict[str, Any]:
        """Return what `save_tag` takes."""
        found = self.cleaned_data
        return {
            "names": {name: found[name] for name in NAMES},
            **{name: found[name] for name in ("slug", "parent", "synonyms", "why")},
        }


class MergeForm(DeskForm):
    into = TagField(
        label=_("Put it into the tag"),
        help_text=_("Its articles move there; its names lead there."),
        max_length=NAME_CHARACTERS,
    )
    why = forms.CharField(label=_("Why?"), max_length=COMMENT_CHARACTERS, required=False)
