"""The fixed words and addresses of cards, looked up once a language.

A page shows up to thirty cards with a dozen of each, and translating or
resolving them one by one took a third of its time.
"""

from collections.abc import Mapping
from functools import lru_cache

from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _


def card_words(lang: str) -> Mapping[str, str]:
    """Return what `snippets/card.html` says in the active language, on pages below `lang`."""
    return _card_words(lang, translation.get_language() or "en")


@lru_cache(maxsize=8)
def _card_words(lang: str, _language: str) -> dict[str, str]:
    words = {
        "colon": _(": "),
        "runtime": _("Runtime"),
        "outcome": _("Outcome"),
        "checked": _("Checked"),
        "reason": _("Reason"),
        "copy": _("Copy"),
        "copied": _("Copied"),
        "run": _("Run"),
        "runs_first": _("Runs first"),
        "edit": _("Edit"),
        "editable": _("Code, editable"),
        "run_edited": _("Run the edited code"),
        "reset": _("Reset"),
        "run_after": _("Run after the code above"),
        "as_session": _("as one session with the earlier code of this text"),
        "verified_output": _("Verified output"),
        "silent": _("Nothing was printed."),
        "where": _("Where it was checked"),
        "download": _("Download"),
        "useful": _("Useful"),
        "not_useful": _("Not useful"),
        "outdated": _("This is outdated"),
        "suggest": _("Suggest an edit"),
        "history": _("History"),
    }
    before, _number, after = (_("Snippet %(number)s") % {"number": "\0"}).partition("\0")
    words |= {"snippet_before": before, "snippet_after": after}
    return {
        **{name: escape(text) for name, text in words.items()},
        "create_run": reverse("snippets:create_run", args=[lang]),
        # An id follows.
        "snippet_address": _without_last(reverse("snippets:snippet", args=[lang, 0])),
        "run_address": _without_last(reverse("snippets:run", args=[lang, "x"])),
    }


def _without_last(address: str) -> str:
    return address.rpartition("/")[0] + "/"
