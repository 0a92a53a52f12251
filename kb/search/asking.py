"""What the address of a page of results asks for. Pure."""

import dataclasses
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from kb.search.engines.base import Sort
from kb.search.queries import LONGEST_QUERY
from kb.search.searching import NoSuchPage


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """What a reader's address asks for."""

    text: str
    sort: Sort
    page: int
    is_exact: bool

    def address(self, text: str | None = None, **changes: Any) -> str:
        """Return the query part of the address with another text or other values, on page 1."""
        values = {
            "q": self.text if text is None else text,
            "sort": changes.get("sort", "" if self.sort is Sort.RELEVANCE else self.sort.value),
            "exact": "1" if changes.get("is_exact", self.is_exact and text is None) else "",
            "page": changes.get("page", ""),
        }
        return "?" + urlencode({name: value for name, value in values.items() if value})


def read_asked(values: Mapping[str, str]) -> Asked:
    """Return what is asked for; raises NoSuchPage for a page that is no number."""
    sort, page = values.get("sort", ""), values.get("page", "1")
    if not page.isascii() or not page.isdigit() or not 0 < int(page) < 10_000:
        raise NoSuchPage(page)
    return Asked(
        text=values.get("q", "").replace("\0", "").strip()[: LONGEST_QUERY + 1],
        sort=Sort(sort) if sort in {str(one) for one in Sort} else Sort.RELEVANCE,
        page=int(page),
        is_exact=values.get("exact") == "1",
    )
