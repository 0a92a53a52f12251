"""What tells whether a page is still what it was: the state of its data and of this program."""

import functools
import hashlib
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Max

from kb.models import Article, Tag

TOKEN = "csrf-token-goes-here"  # noqa: S105 - the place of a token, no token
FOR_CACHE = "kb.is_for_cache"
"""In a request's META: what is rendered is kept for other readers too."""
SOURCES = ("kb", "snippets", "templates", "locale", "static")


@functools.cache
def build() -> str:
    """Return a name for this program's pages; it changes with any file that forms them."""
    digest = hashlib.sha256()
    base = Path(settings.BASE_DIR)
    for folder in SOURCES:
        for path in sorted((base / folder).rglob("*.*")):
            if "__pycache__" not in path.parts:
                status = path.stat()
                digest.update(f"{path}:{status.st_mtime_ns}:{status.st_size};".encode())
    return digest.hexdigest()[:16]


def site_version() -> str:
    """Return what changes with every article and tag, with two queries."""
    articles = Article.objects.aggregate(at=Max("changed_at"), n=Count("pk"))
    tags = Tag.objects.aggregate(at=Max("updated_at"), n=Count("pk"))
    return f"{articles['at']}/{articles['n']}/{tags['at']}/{tags['n']}"


def article_version(article_id: int) -> str:
    """Return what changes with everything on the article's page; empty: there is no article."""
    # Without an order: writing one into the query takes longer than asking it.
    rows = Article.objects.filter(pk=article_id).order_by().values_list("changed_at", "slug")
    return "".join(f"{changed_at}/{slug}" for changed_at, slug in rows)
