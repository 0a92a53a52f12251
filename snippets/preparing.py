"""What is stored of a new snippet, worked out from its code alone. Pure."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from sandbox import runtime
from snippets import code as codes
from snippets import fitting, setups


@dataclasses.dataclass(frozen=True, kw_only=True)
class Prepared:
    """A snippet that may be new; picklable, so that other processes can prepare it."""

    digest: str
    kind: str  # of Snippet.Kind
    code: str
    setups: list[dict[str, str]]
    borrowed: list[str]  # runtimes that the code before it suggests
    given: dict[str, Any]  # what its author said of it


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
) -> Prepared:
    """Return what a new snippet of `code` is, with the setups to try before it."""
    rungs = setups.ladder(code, setup, earlier)
    is_python2 = codes.classify(code) is codes.Kind.PYTHON2
    return Prepared(
        digest=codes.digest(code),
        kind="python2" if is_python2 else "python",
        code=codes.tidy(code),
        setups=rungs,
        borrowed=fitting.borrowed_runtimes(
            code=code, rungs=rungs, earlier=earlier, runtimes=runtime.load_all()
        ),
        given={
            "name": name[:80],
            "runtimes": list(runtimes),
            "claim": claim,
            "expects_error": expects_error,
            "needs_gpu": needs_gpu,
        },
    )
