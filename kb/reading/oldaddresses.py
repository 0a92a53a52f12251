"""Leading readers from where an imported article stood before to where it stands now."""

import re
from urllib.parse import unquote

from django.urls import reverse

from kb.models import OldAddress

# What a site appends to an address that it knows without: a slug, a number, a feed's name.
SHORTER = (
    (re.compile(r"^/(?:questions|q)/(\d+)(?:/.*)?$"), r"/questions/\1"),
    (re.compile(r"^/a/(\d+)(?:/.*)?$"), r"/a/\1"),
    (re.compile(r"^(/.+?)/(?:amp|feed|comment-page-\d+|page/\d+)$"), r"\1"),
    (re.compile(r"^(/.+)/index\.html?$"), r"\1"),
)
ANSWER = re.compile(r"^/questions/\d+/[^/]*/(\d+)$")


def find_moved(path: str, query: str = "", *, lang: str) -> str:
    """Return the new address of an old one in the reader's language; nothing where none is known.

    `path` and `query` as in the request, still percent-encoded or not.
    """
    plain = unquote(path).rstrip("/") or "/"
    candidates = [f"{plain}?{unquote(query)}"] if query else []
    if answer := ANSWER.match(plain):
        candidates.append(f"/a/{answer[1]}")
    candidates.append(plain)
    candidates += [form.sub(to, plain) for form, to in SHORTER if form.match(plain)]
    candidates = [one for one in dict.fromkeys(candidates) if one != "/" and len(one) <= 500]
    known = {
        found.address: found
        for found in OldAddress.objects.filter(address__in=candidates).select_related("article")
    }
    for candidate in candidates:
        if found := known.get(candidate):
            new = reverse("article", args=[lang, found.article_id, found.article.slug])
            return f"{new}#answer-{found.position}" if found.position else new
    return ""
