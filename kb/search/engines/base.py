"""What every engine takes and gives. Engines know tokens and numbers, nothing of languages."""

import dataclasses
import zlib
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol


class EngineError(Exception):
    """The index cannot be used: missing, damaged or of another version; says what to do."""


class EngineBusy(EngineError):
    """Another process writes this index; nothing is wrong with it."""


class Sort(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    VOTES = "votes"
    VERIFIED = "verified"


class Document(NamedTuple):
    """A post as an index keeps it. Token fields are words joined by blanks.

    A tuple: many are made, and sent from one process to another.
    """

    post: int
    article: int
    title: str
    text: str  # the title's tokens too
    code: str
    identifiers: str  # whole, in lower case
    words: str  # unstemmed, for spelling and completion; an article's in its first document
    terms: tuple[str, ...]  # exact: "tag:pytorch", "lang:zh"
    score: int
    answers: int
    created: int  # a day: 20240131
    updated: int  # seconds since 1970
    verified_at: int  # the same; 0 where nothing was verified
    health: int  # 1 all snippets work, -1 some fail, 0 otherwise
    title_zh: int  # number of telling tokens
    title_en: int
    key_zh: int  # title_key of the whole title
    key_en: int
    shown: bytes  # JSON: what a result shows


class Alternative(NamedTuple):
    """Tokens that must all be there, better side by side, and what that is worth."""

    tokens: tuple[str, ...]
    weight: float = 1.0
    is_phrase: bool = False  # side by side, or not at all
    is_partial: bool = False  # ranks a little, but is not what was asked for: matches nothing
    is_translated: bool = False  # into the other language


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Concept:
    """One thing asked for; any alternative will do."""

    alternatives: tuple[Alternative, ...]
    identifier: str = ""  # whole, in lower case, where the reader typed one

    @property
    def whole(self) -> tuple[Alternative, ...]:
        """The alternatives that are all that was asked for."""
        return tuple(one for one in self.alternatives if not one.is_partial)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Bound:
    """Both ends count; None is open."""

    field: str
    low: int | None = None
    high: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """A query as engines take it."""

    concepts: tuple[Concept, ...] = ()  # any; ranked
    required: tuple[Concept, ...] = ()  # each
    excluded: tuple[Concept, ...] = ()  # none
    code: tuple[Concept, ...] = ()  # each, in code alone
    filters: tuple[tuple[str, ...], ...] = ()  # of each group, any term
    barred: tuple[str, ...] = ()  # none of these terms
    identifiers: tuple[str, ...] = ()  # each, whole
    articles: tuple[int, ...] = ()  # of these alone; of any where none is named
    bounds: tuple[Bound, ...] = ()
    barred_bounds: tuple[Bound, ...] = ()
    title_key: int = 0  # of a title that consists of all the words; only ranks

    @property
    def is_ranked(self) -> bool:
        return bool(self.concepts or self.required)


class Candidate(NamedTuple):
    score: float  # as the engine ranks; 0 where sorted otherwise
    post: int
    article: int
    votes: int
    health: int
    title_zh: int
    title_en: int
    key_zh: int
    key_en: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Found:
    total: int  # posts that match; at most
    candidates: Sequence[Candidate]
    is_loose: bool = False  # some candidates may have but a part of any concept


@dataclasses.dataclass(frozen=True, kw_only=True)
class Facets:
    """In how many articles posts match, and of those with each term, most first."""

    counts: Mapping[str, Sequence[tuple[str, int]]]
    articles: int  # large numbers may be estimates, here and in `counts`


class Coverage(NamedTuple):
    """Which concepts a document has, as bits, anywhere, in its title, and as whole identifier."""

    text: int = 0
    title: int = 0
    identifier: int = 0


class Reader(Protocol):
    """One index, as it is at its last commit."""

    answers_threads: bool
    """Whether several threads may ask it at once."""

    def search(
        self, plan: Plan, *, limit: int, sort: Sort = Sort.RELEVANCE, is_exact: bool = True
    ) -> Found:
        """Return the best posts; faster where it need not be exact, and may be `is_loose`."""
        ...

    def coverage(
        self, posts: Sequence[int], concepts: Sequence[Concept]
    ) -> Mapping[int, Coverage]: ...

    def facets(self, plan: Plan, *, at_most: int) -> Facets:
        """Return the facets of the posts that the plan matches, which are so many at most."""
        ...

    def shown(self, posts: Sequence[int]) -> Mapping[int, str]: ...

    def frequency(self, token: str) -> int: ...

    def words(self, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        """Return the words that begin so and how many articles have each, most first."""
        ...

    def identifiers(self, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        """Return the names that begin so and how many posts have each, most first."""
        ...

    def size(self) -> int:
        """Return the number of documents."""
        ...


class Writer(Protocol):
    """One at a time; nothing is visible before `commit`."""

    def replace(self, articles: Iterable[int], documents: Iterable[Document]) -> None:
        """Take out all documents of `articles`, then put `documents` in."""
        ...

    def commit(self) -> None: ...

    def close(self) -> None: ...


FACETS = ("tag", "lang", "runs-on", "verified")
TITLE_WEIGHT = 0.8


def place_of(article: int) -> int:
    """Return one of 2**32 places, which has nothing to do with when an article came, or from where.

    An index is filled in the order of places, so that any stretch of it is a fair sample.
    """
    return article * 0x9E3779B1 % 2**32  # Fibonacci hashing, Knuth 6.4


def title_key(tokens: Sequence[str]) -> int:
    """Return a number that two titles share only where their tokens are the same; 0 for none."""
    return zlib.crc32(" ".join(tokens).encode()) if tokens else 0
