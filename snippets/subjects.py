"""From the database to what is proven: a snippet with every way to run it."""

from snippets import setups
from snippets.models import Snippet
from snippets.subject import Rung, Subject


def subject_of(snippet: Snippet) -> Subject:
    """Return the snippet as verification sees it; one query where code precedes it."""
    earlier = _codes(snippet.earlier) if snippet.earlier else []
    rungs = setups.ladder(
        snippet.code,
        snippet.setup,
        earlier,
        curated=snippet.curated_setup,
        shared=snippet.shared_setups,
        libraries=snippet.borrowed,
    )
    return Subject(
        code=snippet.code,
        rungs=tuple(map(Rung.from_dict, rungs)),
        claim=snippet.curated_claim or snippet.claim,
        is_claim_accepted=bool(snippet.curated_claim),
        expects_error=snippet.expects_error,
        is_python2=snippet.kind == Snippet.Kind.PYTHON2,
        is_session=snippet.kind == Snippet.Kind.SESSION,
    )


def _codes(digests: list[str]) -> list[str]:
    """Return the code of the snippets with these digests, in that order; the unknown left out."""
    rows = Snippet.objects.filter(digest__in=digests).values_list("digest", "code")
    known = dict(rows)
    return [known[digest] for digest in digests if digest in known]
