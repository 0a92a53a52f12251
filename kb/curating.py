"""Curating snippets from the desk: what `snippets` keeps, with who did it, and checked at once."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from kb.auditing import note_deed
from kb.models import Article, Deed, PostSnippet, SharedSetup
from kb.restating import restate_snippets
from snippets import code as codes
from snippets import curating
from snippets.accepting import accept_output
from snippets.checking import request_checks
from snippets.curating import Curated, CurationRefused
from snippets.models import Run, Snippet

CHECKED_AT_ONCE = 60
"""Of more snippets than these, the rest waits for the next batches."""


@transaction.atomic
def save_curation(*, user: Any, snippet: Snippet, curated: Curated) -> bool:
    """Keep what a curator says of a snippet and have it verified; say whether anything changed."""
    if not curating.curate_snippet(curated=curated, user=user):
        return False
    note_deed(user=user, verb=Deed.CURATED_SNIPPET, target=snippet, why=curated.note)
    _check([snippet.digest])
    return True


@transaction.atomic
def accept_printed(*, user: Any, snippet: Snippet, run: Run) -> None:
    """Make a run's output the claim; raises snippets.accepting.NotAcceptable."""
    digests = accept_output(snippet=snippet, run=run, user=user)
    why = f"accepted what {run.runtime} printed"
    note_deed(user=user, verb=Deed.CURATED_SNIPPET, target=snippet, why=why)
    _check(digests)


@transaction.atomic
def take_back(*, user: Any, snippet: Snippet) -> bool:
    """Bring back what was said of a snippet before; say whether there was anything."""
    if not curating.undo_curation(digest=snippet.digest, user=user):
        return False
    note_deed(user=user, verb=Deed.UNDID_CURATION, target=snippet)
    _check([snippet.digest])
    return True


@transaction.atomic
def share_setup(*, user: Any, scope: str, code: str, note: str = "") -> int:
    """Run `code` before the fragments of an article or tag; return how many snippets that touches.

    Empty code takes the shared setup away. Raises CurationRefused.
    """
    if error := codes.syntax_error(code):
        raise CurationRefused(f"setup does not compile: {error.msg} (line {error.lineno})")
    known = SharedSetup.objects.filter(scope=scope).first()
    if code.strip():
        values = {"code": codes.tidy(code), "note": note}
        known, _ = SharedSetup.objects.update_or_create(scope=scope, defaults=values)
        note_deed(user=user, verb=Deed.SHARED_SETUP, target=known, why=note)
    elif known is not None:
        note_deed(user=user, verb=Deed.SHARED_SETUP, target=known, why=f"removed. {note}".strip())
        known.delete()
    touched = snippets_touched(scope)
    restate_snippets(snippet_ids=in_scope(scope))
    request_checks(snippet_ids=[one.pk for one in touched[:CHECKED_AT_ONCE]])
    return len(touched)


def in_scope(scope: str) -> set[int]:
    """Return the snippets that a shared setup's scope names."""
    kind, _, name = scope.partition(":")
    places = PostSnippet.objects.all()
    if kind == "tag":
        places = places.filter(post__article__tags__slug=name)
    else:
        source, _, external_id = name.partition(":")
        places = places.filter(
            post__article__source__kind=source, post__article__source__external_id=external_id
        )
    return set(places.values_list("snippet_id", flat=True))


def snippets_touched(scope: str) -> list[Snippet]:
    """Return those of a scope for which a shared setup is tried: fragments without one."""
    found = Snippet.objects.filter(pk__in=in_scope(scope), setup="", curated_setup="")
    return [one for one in found.order_by("pk") if codes.undefined_names(codes.tidy(one.code))]


def scopes_of(snippet: Snippet) -> list[str]:
    """Return the scopes to which a setup of the snippet can be shared, the article's first."""
    articles = Article.objects.filter(posts__placements__snippet=snippet).distinct()
    own: list[str] = []
    tags: dict[str, None] = {}
    for article in articles.select_related("source").prefetch_related("tags").order_by("pk"):
        if article.source is not None:
            own.append(f"article:{article.source.kind}:{article.source.external_id}")
        tags |= dict.fromkeys(f"tag:{tag.slug}" for tag in article.tags.all())
    return [*own, *tags]


def _check(digests: Iterable[str]) -> None:
    """Verify these snippets and their corrections now."""
    known = Snippet.objects.filter(digest__in=list(digests))
    pairs = known.values_list("pk", "suggested", "is_suggestion_accepted")
    request_checks(
        snippet_ids={
            id_
            for pk, suggested, accepted in pairs
            for id_ in (pk, suggested if accepted else None)
            if id_ is not None
        }
    )
