"""Curating snippets from the desk: what `snippets` keeps, with who did it, and checked at once."""

import copy
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from kb.models import Article, Deed, PostSnippet, SharedSetup, SharedSetupRevision
from kb.people.auditing import note_deed
from kb.storing.restating import restate_snippets
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
    if setup := keep_shared(scope=scope, code=code, note=note, user=user):
        why = note if code.strip() else f"removed. {note}".strip()
        note_deed(user=user, verb=Deed.SHARED_SETUP, target=setup, why=why)
    return _check_scope(scope)


@transaction.atomic
def put_back_setup(*, user: Any, revision: SharedSetupRevision) -> int:
    """Share a setup as it once was, as a new change; return how many snippets that touches."""
    setup = keep_shared(scope=revision.scope, code=revision.code, note=revision.note, user=user)
    if setup is None:
        return 0
    why = f"{timezone.localtime(revision.at):%Y-%m-%d %H:%M}"
    note_deed(user=user, verb=Deed.RESTORED_SETUP, target=setup, why=why)
    return _check_scope(revision.scope)


def keep_shared(*, scope: str, code: str, note: str, user: Any) -> SharedSetup | None:
    """Keep a shared setup with who wrote it; empty code takes it away.

    Returns it, as it was where it is gone; None where nothing changed.
    """
    known = SharedSetup.objects.filter(scope=scope).first()
    code = codes.tidy(code) if code.strip() else ""
    if (code, note) == (known.code, known.note) if known else not code:
        return None
    SharedSetupRevision.objects.create(scope=scope, code=code, note=note, user=user)
    if code:
        values = {"code": code, "note": note}
        return SharedSetup.objects.update_or_create(scope=scope, defaults=values)[0]
    assert known is not None, "what is not there is not taken away"
    gone = copy.copy(known)
    known.delete()
    return gone


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


def _check_scope(scope: str) -> int:
    """Have the scope's fragments know its setup, and verify them; return how many there are."""
    touched = snippets_touched(scope)
    restate_snippets(snippet_ids=in_scope(scope))
    request_checks(snippet_ids=[one.pk for one in touched[:CHECKED_AT_ONCE]])
    return len(touched)


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
