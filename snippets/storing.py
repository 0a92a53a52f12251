"""Storing the snippets of many posts with a constant number of queries."""

from collections.abc import Sequence

from django.utils import timezone

from snippets import curating, staleness
from snippets.models import Snippet
from snippets.preparing import Prepared
from snippets.rows import insert, reserve_ids
from snippets.services import fill_in, new_values


def find_or_make_snippets(*, prepared: Sequence[Prepared]) -> dict[str, Snippet]:
    """Return the snippets by digest, made where they are new; only inside a transaction.

    Those that are there keep what earlier places say of them. New ones are highlighted when
    they are first shown.
    """
    wanted = {one.digest for one in prepared}
    found: dict[str, Snippet] = {}
    digests = sorted(wanted)
    for start in range(0, len(digests), 500):
        for snippet in Snippet.objects.filter(digest__in=digests[start : start + 500]):
            found[snippet.digest] = snippet
    fresh: dict[str, Snippet] = {}
    now = timezone.now()
    for one in prepared:
        if known := found.get(one.digest):
            if changed := fill_in(known, one):
                known.save(update_fields=changed)
                staleness.mark_stale(snippets=[known])
        elif twin := fresh.get(one.digest):
            fill_in(twin, one)
        else:
            fresh[one.digest] = Snippet(digest=one.digest, created_at=now, **new_values(one))
    for key, snippet in zip(reserve_ids(Snippet, len(fresh)), fresh.values(), strict=True):
        snippet.pk = key
    insert(list(fresh.values()))
    curating.apply_known(snippets=list(fresh.values()))
    return found | fresh
