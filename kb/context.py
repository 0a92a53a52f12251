"""What every page's template knows of the site and of the page's other language."""

import functools
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from kb.languages import BY_PATH, OTHER, TO_PATH, html_lang
from kb.models import Language
from kb.reading.versions import FOR_CACHE, TOKEN
from snippets.words import card_words


def site(request: HttpRequest) -> dict[str, Any]:
    """Return `lang`, `html_lang`, the page's addresses in both languages, and the theme."""
    code = get_language() or Language.ZH
    lang = TO_PATH[Language(code)] if code in Language.values else "zh"
    first, _, rest = request.path_info.removeprefix("/").partition("/")
    # A page outside of the languages, such as the admin, has no twin: its links lead home.
    rest = rest if first in BY_PATH else ""
    query = request.GET.copy()
    query.pop("mode", None)
    suffix = f"?{query.urlencode()}" if query else ""
    paths = {path: f"/{path}/{_quoted(rest)}" for path in BY_PATH}
    theme = request.COOKIES.get("theme", "")
    # A page for the cache has another word in place of the reader's own token.
    token = {"csrf_token": TOKEN} if request.META.get(FOR_CACHE) else {}
    return {
        **token,
        "lang": lang,
        "words": card_words(lang),
        "html_lang": html_lang(BY_PATH[lang]),
        "other_lang": OTHER[lang],
        "other_html_lang": html_lang(BY_PATH[OTHER[lang]]),
        "posts_address": _posts_address(lang),
        "url_zh": paths["zh"] + suffix,
        "url_en": paths["en"] + suffix,
        "url_join": "&" if query else "?",
        "canonical_url": request.build_absolute_uri(paths[lang] + suffix),
        "alternate_zh": request.build_absolute_uri(paths["zh"] + suffix),
        "alternate_en": request.build_absolute_uri(paths["en"] + suffix),
        "theme": theme if theme in {"light", "dark"} else "",
    }


@functools.lru_cache(maxsize=8)
def _posts_address(lang: str) -> str:
    """Return what a post's id follows: a page has sixty such links, each slow to look up."""
    return reverse("vote", args=[lang, 0]).removesuffix("0/vote")


def _quoted(path: str) -> str:
    return quote(path, safe="/+:@!$&'()*,;=-._~")
