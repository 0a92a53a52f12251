"""What a person typed → words, phrases and filters. Total: any text gives a query, none raises."""

import dataclasses
import re
from enum import StrEnum

from kb.search.normalising import normalise

LONGEST_QUERY = 4_000
"""Characters; a whole traceback fits, a book does not."""
MOST_TERMS = 40
MOST_FILTERS = 20


class FilterKind(StrEnum):
    TAG = "tag"
    LANG = "lang"
    IS = "is"
    VERIFIED = "verified"
    RUNS_ON = "runs-on"
    CODE = "code"
    IDENT = "ident"
    SCORE = "score"
    ANSWERS = "answers"
    CREATED = "created"
    AUTHOR = "author"
    SOURCE = "source"


KINDS = {kind.value: kind for kind in FilterKind}
CHOICES = {
    FilterKind.LANG: ("zh", "en"),
    FilterKind.IS: ("question", "answer", "guide", "accepted"),
    FilterKind.VERIFIED: ("yes", "no", "failed", "stale"),
}
NUMBERS = {FilterKind.SCORE, FilterKind.ANSWERS}
NUMBER = re.compile(r"(>=|<=|>|<|=)?(-?\d{1,9})|(-?\d{1,9})?\.\.(-?\d{1,9})?")
DATES = re.compile(
    r"(>=|<=|>|<|=)?(\d{4}(?:-\d{1,2}){0,2})|(\d{4}(?:-\d{1,2}){0,2})?\.\.(\d{4}(?:-\d{1,2}){0,2})?"
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Term:
    """A word or a phrase in quotes; `start` and `end` are its place in the text."""

    text: str
    start: int
    end: int
    is_phrase: bool = False
    is_excluded: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Range:
    """Both ends count; None is open. Days are numbers such as 20240131."""

    low: int | None = None
    high: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Filter:
    """A filter as typed; `range` is that of numbers and days."""

    kind: FilterKind
    value: str
    start: int
    end: int
    is_excluded: bool = False
    range: Range | None = None

    @property
    def label(self) -> str:
        return f"{'-' if self.is_excluded else ''}{self.kind}:{self.value}"


class Trouble(StrEnum):
    UNKNOWN_FILTER = "unknown-filter"  # searched as words
    WRONG_VALUE = "wrong-value"  # left out
    TOO_LONG = "too-long"
    TOO_MANY = "too-many"
    UNKNOWN_TAG = "unknown-tag"  # matches nothing


@dataclasses.dataclass(frozen=True, kw_only=True)
class Remark:
    """Something in the query that was not taken as it was typed."""

    trouble: Trouble
    text: str = ""
    start: int = 0
    end: int = 0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Query:
    text: str  # as typed, bounded
    terms: tuple[Term, ...] = ()
    filters: tuple[Filter, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.terms and not self.filters

    def without(self, part: Filter | Remark) -> str:
        """Return the text with one filter taken out."""
        kept = self.text[: part.start] + " " + self.text[part.end :]
        return " ".join(kept.split())


PIECE = re.compile(
    r"""
    (?P<minus>(?<!\S)-(?=[^\s\-\d]))?
    (?:
      "(?P<phrase>[^"]*)(?:"|$)
    | \[(?P<tag>[^\[\]]{1,60})\](?!\w)
    | (?P<key>[A-Za-z][A-Za-z-]{1,11}):(?:"(?P<quoted>[^"]*)(?:"|$)|(?P<value>[^\s"]+))
    | (?P<word>[^\s"]+)
    | "
    )
    """,
    re.VERBOSE,
)
NOT_A_TAG = re.compile(r"[\d\s,.:;+*/=<>'\-]*")


def parse_query(text: str) -> Query:
    """Return the query that `text` says; never raises."""
    remarks: list[Remark] = []
    if len(text) > LONGEST_QUERY:
        text = text[:LONGEST_QUERY]
        remarks.append(Remark(trouble=Trouble.TOO_LONG))
    terms: list[Term] = []
    filters: list[Filter] = []
    normal = normalise(text).replace("“", '"').replace("”", '"')
    at = 0
    while match := PIECE.search(normal, at):
        at = max(match.end(), match.start() + 1)
        if match["tag"] is not None and not NOT_A_TAG.fullmatch(match["tag"]):
            filters.append(_tag(match))
        elif match["key"] and (kind := KINDS.get(match["key"].lower())):
            _add_filter(match, kind, filters, remarks)
        else:
            terms.append(_term(match, remarks))
    if len(terms) > MOST_TERMS or len(filters) > MOST_FILTERS:
        remarks.append(Remark(trouble=Trouble.TOO_MANY))
    return Query(
        text=text,
        terms=tuple(term for term in terms if term.text.strip())[:MOST_TERMS],
        filters=tuple(filters[:MOST_FILTERS]),
        remarks=tuple(remarks),
    )


def _tag(match: re.Match[str]) -> Filter:
    return Filter(
        kind=FilterKind.TAG,
        value=match["tag"].strip(),
        start=match.start(),
        end=match.end(),
        is_excluded=bool(match["minus"]),
    )


def _add_filter(
    match: re.Match[str], kind: FilterKind, filters: list[Filter], remarks: list[Remark]
) -> None:
    value = match["quoted"] if match["quoted"] is not None else match["value"]
    value = value.strip()
    try:
        range_ = _range(kind, value)
    except ValueError:
        remarks.append(
            Remark(
                trouble=Trouble.WRONG_VALUE,
                text=f"{kind}:{value}",
                start=match.start(),
                end=match.end(),
            )
        )
        return
    filters.append(
        Filter(
            kind=kind,
            value=value.lower() if kind in CHOICES else value,
            start=match.start(),
            end=match.end(),
            is_excluded=bool(match["minus"]),
            range=range_,
        )
    )


def _term(match: re.Match[str], remarks: list[Remark]) -> Term:
    whole = match[0]
    if (key := match["key"]) and _looks_like_filter(match):
        remarks.append(
            Remark(
                trouble=Trouble.UNKNOWN_FILTER,
                text=f"{key}:",
                start=match.start(),
                end=match.end(),
            )
        )
    phrase = match["phrase"]
    is_excluded = bool(match["minus"]) and _excludes(whole[1:])
    return Term(
        text=phrase if phrase is not None else whole[1:] if is_excluded else whole,
        start=match.start(),
        end=match.end(),
        is_phrase=phrase is not None,
        is_excluded=is_excluded,
    )


def _looks_like_filter(match: re.Match[str]) -> bool:
    """Tell `langauge:zh` from addresses, slices and `key:` of code."""
    value = match["quoted"] or match["value"] or ""
    return match["key"].islower() and bool(re.fullmatch(r"[\w<>=.+-]+", value))


def _excludes(rest: str) -> bool:
    """Tell `-keras` from a command's option such as `-m`."""
    return not re.fullmatch(r"[A-Za-z]", rest)


def _range(kind: FilterKind, value: str) -> Range | None:
    """Return the range of a number or of days; raises ValueError where `value` is not one."""
    if not value:
        raise ValueError(value)
    if kind in CHOICES and value.lower() not in CHOICES[kind]:
        raise ValueError(value)
    if kind in NUMBERS:
        match = NUMBER.fullmatch(value)
        if match is None or value == "..":
            raise ValueError(value)
        sign, alone, low, high = match.groups()
        if alone is not None:
            return _compared(sign, int(alone), int(alone))
        return Range(low=int(low) if low else None, high=int(high) if high else None)
    if kind is FilterKind.CREATED:
        match = DATES.fullmatch(value)
        if match is None or value == "..":
            raise ValueError(value)
        sign, alone, low, high = match.groups()
        if alone is not None:
            return _compared(sign, _day(alone, "01"), _day(alone, "99"))
        return Range(low=_day(low, "01") if low else None, high=_day(high, "99") if high else None)
    return None


def _compared(sign: str | None, first: int, last: int) -> Range:
    match sign:
        case ">":
            return Range(low=last + 1)
        case ">=":
            return Range(low=first)
        case "<":
            return Range(high=first - 1)
        case "<=":
            return Range(high=last)
        case _:
            return Range(low=first, high=last)


def _day(text: str, missing: str) -> int:
    """Return 20240131 for 2024-01-31; what is left out is the first or the last possible."""
    parts = [part.zfill(2) for part in text.split("-")]
    return int("".join([*parts, missing, missing][:3]))
