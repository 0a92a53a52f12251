"""Python 2 as Python 3, by the library that Python itself once shipped for it."""

import functools
import logging
import warnings
from typing import Any

from snippets import code as codes


def translate(code: str) -> str | None:
    """Return `code` in Python 3, or None where the library cannot read it or mend it."""
    source = codes.tidy(code) + "\n"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            translated = str(_tool().refactor_string(source, "snippet")).rstrip("\n")
        except Exception:  # noqa: BLE001 - a parser of another grammar, fed with anything
            return None
    if translated == source.rstrip("\n") or codes.syntax_error(translated) is not None:
        return None
    return translated


@functools.cache
def _tool() -> Any:
    # The library tells the root logger where it keeps its grammar, and its own what it mends.
    logging.getLogger().addFilter(lambda record: "fissix" not in record.pathname)
    logging.getLogger("RefactoringTool").setLevel(logging.ERROR)
    from fissix import refactor  # noqa: PLC0415 - slow to import, and rarely needed

    # `print(x)` is the same in both, and `xrange` and its like are what this is for.
    names = [
        n for n in refactor.get_fixers_from_package("fissix.fixes") if not n.endswith("_future")
    ]
    return refactor.RefactoringTool(names)
