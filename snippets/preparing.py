"""What is stored of a new snippet, worked out from its code alone. Pure."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox import Runtime, runtime
from snippets import code as codes
from snippets import fitting, sessions


@dataclasses.dataclass(frozen=True, kw_only=True)
class Prepared:
    """A snippet that may be new; picklable, so that other processes can prepare it."""

    digest: str
    kind: str  # of Snippet.Kind
    code: str
    given: dict[str, Any]  # what its author and its place say of it


def prepare(
    *,
    code: str,
    name: str = "",
    runtimes: Sequence[str] = (),
    claim: str = "",
    setup: str = "",
    earlier: Sequence[str] = (),
    expects_error: bool = False,
    needs_gpu: bool = False,
    known: Mapping[str, Runtime] | None = None,
) -> Prepared:
    """Return what a new snippet of `code` is.

    `known` are the runtimes, where a caller with much code has read them once.
    """
    return Prepared(
        digest=codes.digest(code),
        kind=_kind(code),
        code=codes.tidy(code),
        given={
            "name": name[:80],
            "runtimes": list(runtimes),
            "claim": claim,
            "setup": codes.tidy(setup) if setup.strip() else "",
            "earlier": [codes.digest(block) for block in dict.fromkeys(earlier)],
            # Nothing before it, nothing to borrow; asking parses the code a dozen times.
            "borrowed": fitting.borrowed_libraries(
                code=code, earlier=earlier, runtimes=known or runtime.load_all()
            )
            if earlier
            else [],
            "expects_error": expects_error,
            "needs_gpu": needs_gpu,
        },
    )


def _kind(code: str) -> str:
    if sessions.is_session(codes.tidy(code)):
        return "session"
    return "python2" if codes.classify(code) is codes.Kind.PYTHON2 else "python"
