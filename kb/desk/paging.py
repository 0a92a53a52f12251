"""Lists of the desk, a page at a time."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet


@dataclasses.dataclass(frozen=True, kw_only=True)
class Paging:
    """A page of a list, and what leads to the pages beside it."""

    items: Sequence[Any]
    number: int
    page_count: int
    total: int
    chosen: Mapping[str, str]  # what is asked for, as a form sends it

    @property
    def previous(self) -> str:
        return self._address(self.number - 1) if self.number > 1 else ""

    @property
    def next(self) -> str:
        return self._address(self.number + 1) if self.number < self.page_count else ""

    def _address(self, number: int) -> str:
        return "?" + urlencode({**self.chosen, "page": number})


def paginate(
    found: QuerySet, values: Mapping[str, str], *, at_once: int, chosen: Mapping[str, str]
) -> Paging:
    """Return the page that is asked for; the last one where there are no longer as many."""
    paginator = Paginator(found, at_once)
    page = paginator.get_page(values.get("page"))
    return Paging(
        items=list(page.object_list),
        number=page.number,
        page_count=paginator.num_pages,
        total=paginator.count,
        chosen={name: value for name, value in chosen.items() if value},
    )
