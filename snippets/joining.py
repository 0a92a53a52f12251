"""Several snippets of a text run as one session: the earlier ones come first, as setup."""

from collections.abc import Sequence

from snippets import verification
from snippets.models import Snippet

SNIPPETS_AT_MOST = 20


def setup_with_earlier(*, snippet: Snippet | None, earlier: Sequence[int], runtime: str) -> str:
    """Return what runs before `snippet`: the earlier snippets with their setups, then its own.

    Lines that an earlier part has already run are not run again.
    """
    found = Snippet.objects.in_bulk(earlier)
    parts: list[str] = []
    for one in [found[id_] for id_ in earlier if id_ in found]:
        setup = verification.best_setup(one, runtime)
        parts += [setup, verification.best_program(one, one.code)]
    if snippet is not None:
        parts.append(verification.best_setup(snippet, runtime))
    kept = list(dict.fromkeys(part.strip("\n") for part in parts if part.strip()))
    return "\n\n".join(kept)
