"""The glossary as a query uses it: runs of tokens in one language → tokens in the other."""

import functools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kb.search.analyzer import analyze
from kb.search.glossary import entries

Tokens = tuple[str, ...]
LONGEST_TERM = 6


class Translation(NamedTuple):
    """The tokens from `start` to `end` mean any of `others`."""

    start: int
    end: int
    others: tuple[Tokens, ...]


@functools.cache
def _table() -> dict[Tokens, tuple[Tokens, ...]]:
    found: dict[Tokens, dict[Tokens, None]] = defaultdict(dict)
    for entry in entries():
        chinese = [_tokens(name) for name in entry.zh]
        english = [_tokens(name) for name in entry.en]
        for ours in (*chinese, *english):
            for other in (*chinese, *english):
                if ours and other and ours != other:
                    found[ours][other] = None
    return {tokens: tuple(others) for tokens, others in found.items()}


def _tokens(name: str) -> Tokens:
    return tuple(token.text for token in analyze(name))


def translations(tokens: Sequence[str]) -> Iterator[Translation]:
    """Yield everything the glossary knows: of `max pooling` the whole, and `pooling` too."""
    table = _table()
    for start in range(len(tokens)):
        for end in range(min(len(tokens), start + LONGEST_TERM), start, -1):
            if others := table.get(tuple(tokens[start:end])):
                yield Translation(start, end, others)
