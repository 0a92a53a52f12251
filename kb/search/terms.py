"""Exact terms of filters, as indexes keep them: `name:value`, one word in lower case."""

import functools
import re

OTHER = re.compile(r"[^\w.:+-]+")


@functools.lru_cache(maxsize=10_000)
def exact_term(name: str, value: str) -> str:
    """Return the term of a value that may hold anything."""
    return f"{name}:{OTHER.sub('_', value.strip().casefold())}"
