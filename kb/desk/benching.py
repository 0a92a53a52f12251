"""What the bench of a snippet needs beside the snippet: its form, its places, its queue."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.desk.page import read_filters
from kb.desk.registry import QUEUES
from kb.models import PostSnippet
from kb.reading.listing import Title
from kb.reading.titles import name_articles
from sandbox import runtime
from snippets import code as codes
from snippets import curating
from snippets.curating import Curated
from snippets.marking import mark
from snippets.models import Snippet

CODE_CHARACTERS = 20_000
NOTE_CHARACTERS = 1000


class BenchForm(forms.Form):
    """What a curator says of a snippet."""

    setup = forms.CharField(
        label=gettext_lazy("Set-up"),
        help_text=gettext_lazy(
            "Runs first, in place of every other set-up; imports that are missing are added."
        ),
        required=False,
        strip=False,
        max_length=CODE_CHARACTERS,
    )
    suggestion = forms.CharField(
        label=gettext_lazy("Suggested correction"),
        help_text=gettext_lazy(
            "The whole code. It is shown and verified beside the author's, which stays as it is."
        ),
        required=False,
        strip=False,
        max_length=CODE_CHARACTERS,
    )
    suggestion_note = forms.CharField(
        label=gettext_lazy("Why it is to read so"), required=False, max_length=NOTE_CHARACTERS
    )
    accepts_translation = forms.BooleanField(
        label=gettext_lazy("Accept the translation from Python 2"), required=False
    )
    runtimes = forms.MultipleChoiceField(
        label=gettext_lazy("Meant for"),
        help_text=gettext_lazy("None: where its imports lead. What its author says rules."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    drops_claim = forms.BooleanField(
        label=gettext_lazy("Forget the accepted output"), required=False
    )
    note = forms.CharField(
        label=gettext_lazy("Note for other curators"), required=False, max_length=NOTE_CHARACTERS
    )

    def __init__(self, snippet: Snippet, curated: Curated, data: Any = None) -> None:
        values = curating.values_of(curated)
        super().__init__(data, initial={name: values[name] for name in values if name != "claim"})
        self._snippet = snippet
        self._curated = curated
        runtimes: Any = self.fields["runtimes"]
        runtimes.choices = [(name, one.label) for name, one in runtime.load_all().items()]
        rows = min(max(curated.setup.count("\n") + 3, 8), 24)
        self._as_code("setup", rows=rows)
        self._as_code("suggestion", rows=min(max(snippet.code.count("\n") + 3, 8), 24))
        if snippet.kind != Snippet.Kind.PYTHON2:
            del self.fields["accepts_translation"]
        if not curated.claim:
            del self.fields["drops_claim"]

    def _as_code(self, name: str, *, rows: int) -> None:
        widget = forms.Textarea(
            attrs={
                "rows": rows, "class": "code", "spellcheck": "false", "autocapitalize": "off",
                "autocomplete": "off", "wrap": "off", "aria-label": self.fields[name].label,
            }
        )  # fmt: skip
        self.fields[name].widget = widget

    def clean_setup(self) -> str:
        return self._compiled("setup")

    def clean_suggestion(self) -> str:
        code = self._compiled("suggestion")
        if code.strip() and codes.digest(code) == self._snippet.digest:
            raise forms.ValidationError(_("This is the author's code. Change it or leave it out."))
        return code

    def _compiled(self, name: str) -> str:
        code: str = self.cleaned_data[name].replace("\r\n", "\n")
        if not code.strip():
            return ""
        if error := codes.syntax_error(code):
            told = {"line": error.lineno or 1, "reason": error.msg}
            raise forms.ValidationError(mark(_("Line %(line)d: %(reason)s") % told))
        return code

    def curated(self) -> Curated:
        """Return what was said, as it would be saved."""
        values = dict(self.cleaned_data)
        drops_claim = values.pop("drops_claim", False)
        return Curated(
            digest=self._snippet.digest,
            claim="" if drops_claim else self._curated.claim,
            **{**values, "runtimes": tuple(values["runtimes"])},
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Place:
    """Where a snippet is shown."""

    title: Title
    address: str


def places_of(snippet: Snippet, lang: str) -> list[Place]:
    places = PostSnippet.objects.filter(snippet=snippet).order_by("post__article", "post")
    rows = list(places.values_list("post__article", "post__role", "post__position").distinct())
    named = name_articles({article for article, _role, _position in rows}, lang)
    return [
        Place(
            title=named[article].title,
            address=f"{named[article].address}#"
            + (f"answer-{position}" if role == "answer" else role),
        )
        for article, role, position in rows
    ]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Stretch:
    """A queue around a snippet: where one came from, and where it goes on."""

    slug: str
    title: Any
    address: str
    previous: str = ""
    next: str = ""
    place: int = 0  # from 1; 0: the snippet waits there no more
    count: int = 0


def stretch_of(
    slug: str, snippet_id: int, lang: str, *, filters: Mapping[str, str], back: str
) -> Stretch | None:
    """Return the part of a queue around a snippet; None where the queue holds no snippets.

    `filters` are those of the queue as it was last shown, `back` leads there.
    """
    queue = QUEUES.get(slug)
    items = queue.items(read_filters(queue, filters)) if queue else None
    if queue is None or items is None or items.model is not Snippet:
        return None
    ids = list(items.values_list("pk", flat=True))
    at = ids.index(snippet_id) if snippet_id in ids else None

    def address(position: int) -> str:
        if not 0 <= position < len(ids):
            return ""
        return reverse("desk-bench", args=[lang, ids[position]]) + f"?queue={slug}"

    return Stretch(
        slug=slug,
        title=queue.title,
        address=back,
        previous=address(at - 1) if at else "",
        # What was mended is gone from the queue: it goes on with what is first there now.
        next=address(0 if at is None else at + 1),
        place=0 if at is None else at + 1,
        count=len(ids),
    )
