"""What curators add to code that is not theirs: setups, runtimes, corrections, accepted claims."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from snippets import code as codes
from snippets import highlighting, python2, staleness
from snippets.models import Curation, Snippet

Origin = Snippet.SuggestionOrigin


class CurationRefused(Exception):
    """A curation that cannot be kept; the message says what to change."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Curated:
    """What is said of a piece of code."""

    digest: str
    setup: str = ""
    runtimes: tuple[str, ...] = ()
    suggestion: str = ""
    suggestion_note: str = ""
    accepts_translation: bool = False
    claim: str = ""  # what it printed, accepted as what it is to print
    note: str = ""

    def __post_init__(self) -> None:
        if not codes.is_digest(self.digest):
            raise CurationRefused(f"digest {self.digest!r}: expected 64 hexadecimal digits")
        for name in ("setup", "suggestion"):
            error = codes.syntax_error(getattr(self, name))
            if error is not None:
                raise CurationRefused(
                    f"{self.digest[:12]}: {name} does not compile: {error.msg} "
                    f"(line {error.lineno})"
                )


@transaction.atomic
def curate_snippet(*, curated: Curated, user: Any = None) -> bool:
    """Keep what a curator says; return whether anything changed. The snippet may come later.

    What was said before is kept too, so that `undo_curation` can bring it back.
    """
    known = Curation.objects.filter(digest=curated.digest).first()
    values = values_of(curated)
    before = values_of(said_of(curated.digest) if known else Curated(digest=curated.digest))
    if before == values:
        return False
    Curation.objects.update_or_create(
        digest=curated.digest, defaults={**values, "previous": before, "updated_by": user}
    )
    apply_known(snippets=list(Snippet.objects.filter(digest=curated.digest)))
    return True


@transaction.atomic
def undo_curation(*, digest: str, user: Any = None) -> bool:
    """Bring back what was said before the last change, which another undo takes back again."""
    known = Curation.objects.select_for_update().filter(digest=digest).first()
    if known is None or known.previous is None:
        return False
    earlier = {**known.previous, "runtimes": tuple(known.previous.get("runtimes", ()))}
    return curate_snippet(curated=Curated(digest=digest, **earlier), user=user)


def said_of(digest: str) -> Curated:
    """Return what is said of a piece of code; nothing where no curator has been there."""
    known = Curation.objects.filter(digest=digest).first()
    if known is None:
        return Curated(digest=digest)
    values = {field.name: getattr(known, field.name) for field in dataclasses.fields(Curated)}
    return Curated(**{**values, "runtimes": tuple(values["runtimes"])})


def values_of(curated: Curated) -> dict[str, Any]:
    """Return what is stored of a curation, its digest apart."""
    values = {
        **dataclasses.asdict(curated),
        "setup": codes.tidy(curated.setup),
        "suggestion": codes.tidy(curated.suggestion),
        "claim": curated.claim.rstrip(),
        "runtimes": list(curated.runtimes),
    }
    del values["digest"]
    return values


@transaction.atomic
def remove_curation(*, digest: str) -> bool:
    """Take back what was said of a piece of code; return whether there was anything."""
    gone, _ = Curation.objects.filter(digest=digest).delete()
    for snippet in Snippet.objects.filter(digest=digest):
        _apply(snippet, Curation(digest=digest))
    return bool(gone)


@transaction.atomic
def apply_known(*, snippets: Sequence[Snippet]) -> None:
    """Give snippets what is already said of their code."""
    by_digest = {snippet.digest: snippet for snippet in snippets}
    digests = list(by_digest)
    for start in range(0, len(digests), 500):
        for curation in Curation.objects.filter(digest__in=digests[start : start + 500]):
            _apply(by_digest[curation.digest], curation)


def _apply(snippet: Snippet, curation: Curation) -> None:
    # A correction has the setup of what it corrects, unless somebody wrote it one of its own.
    if curation.setup or not snippet.suggested_for.exists():
        snippet.curated_setup = codes.tidy(curation.setup)
        snippet.curated_runtimes = curation.runtimes
    snippet.curated_claim = curation.claim
    if curation.suggestion.strip():
        suggest(
            snippet,
            code=curation.suggestion,
            origin=Origin.CURATOR,
            note=curation.suggestion_note,
            is_accepted=True,
        )
    elif snippet.kind == Snippet.Kind.PYTHON2 and curation.accepts_translation:
        _forget_correction(snippet)
        propose_translation(snippet, is_accepted=True)
    else:
        _forget_correction(snippet)
    snippet.save()
    staleness.mark_stale(snippets=[snippet])


def _forget_correction(snippet: Snippet) -> None:
    """Take back a curator's correction; a translation goes back to being only proposed."""
    if snippet.suggestion_origin == Origin.CURATOR:
        snippet.suggested, snippet.suggestion_origin, snippet.suggestion_note = None, "", ""
    snippet.is_suggestion_accepted = False


def propose_translation(snippet: Snippet, *, is_accepted: bool = False) -> bool:
    """Keep the library's translation of Python 2 code as a suggestion, unless there is one.

    It is not run before a curator accepts it. Returns whether anything changed.
    """
    if snippet.suggested_id is not None and (snippet.is_suggestion_accepted or not is_accepted):
        return False
    translated = python2.translate(snippet.code)
    if translated is None:
        return False
    suggest(snippet, code=translated, origin=Origin.TRANSLATION, note="", is_accepted=is_accepted)
    return True


def suggest(snippet: Snippet, *, code: str, origin: str, note: str, is_accepted: bool) -> Snippet:
    """Keep a correction as a snippet of its own, run in the same surroundings."""
    corrected, _ = Snippet.objects.update_or_create(
        digest=codes.digest(code),
        defaults={
            "highlighted": highlighting.python_html(codes.tidy(code)),
            **correction_values(snippet, code),
        },
    )
    snippet.suggested = corrected
    snippet.suggestion_origin = origin
    snippet.suggestion_note = note
    snippet.is_suggestion_accepted = is_accepted
    snippet.save()
    staleness.mark_stale(snippets=[corrected])
    return corrected


def correction_values(snippet: Snippet, code: str) -> dict[str, Any]:
    """Return what a correction of `snippet` is: its code, and the surroundings of the original.

    What a curator accepted of the original's output says nothing of the correction's.
    """
    return {
        "code": codes.tidy(code),
        "setup": snippet.setup,
        "runtimes": snippet.runtimes,
        "earlier": snippet.earlier,
        "borrowed": snippet.borrowed,
        "shared_setups": snippet.shared_setups,
        "curated_setup": snippet.curated_setup,
        "curated_runtimes": snippet.curated_runtimes,
        "claim": snippet.claim,
        "curated_claim": said_of(codes.digest(code)).claim,
    }
