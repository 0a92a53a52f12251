"""What a reader chose in a list's address: the order, filters, the page. Pure."""

import dataclasses
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from kb.models import Article


class Sort(TextChoices):
    ACTIVE = "active", _("Active")
    NEWEST = "newest", _("Newest")
    VOTES = "votes", _("Votes")
    VIEWS = "views", _("Views")
    VERIFIED = "verified", _("Recently verified")
    WORK = "work", _("Needs work")


ORDERS: Mapping[Sort, Any] = {
    Sort.ACTIVE: "-updated_at",
    Sort.NEWEST: "-created_at",
    Sort.VOTES: "-score",
    Sort.VIEWS: "-view_count",
    Sort.VERIFIED: F("verified_at").desc(nulls_last=True),
    Sort.WORK: "-work",
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Link:
    """A choice as a page offers it; `address` is relative to the page."""

    label: Any
    address: str
    is_chosen: bool = False
    count: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Choices:
    """An unknown value is no choice: a list is shown as if it were not there."""

    sort: Sort = Sort.ACTIVE
    kind: str = ""  # of Article.Kind; empty: any
    health: str = ""  # of Article.Health; empty: any
    page: str = "1"
    extra: Mapping[str, str] = dataclasses.field(default_factory=dict)  # the page's own, kept

    def address(self, **changes: Any) -> str:
        """Return the query part that leads to these choices with `changes`, on page 1."""
        wanted = dataclasses.replace(self, **{"page": "1", **changes})
        values = {
            **wanted.extra,
            "kind": wanted.kind,
            "health": wanted.health,
            "sort": "" if wanted.sort == Sort.ACTIVE else wanted.sort.value,
            "page": "" if wanted.page == "1" else wanted.page,
        }
        return "?" + urlencode({name: value for name, value in values.items() if value})

    def filtered(self, articles: QuerySet[Article]) -> QuerySet[Article]:
        given = {"kind": self.kind, "health": self.health}
        return articles.filter(**{name: value for name, value in given.items() if value})

    def ordered(self, articles: QuerySet[Article]) -> QuerySet[Article]:
        return articles.order_by(ORDERS[self.sort], "-pk")

    @property
    def is_special(self) -> bool:
        """Say whether this is a view of a list that has a plain address of its own."""
        return bool(self.kind or self.health or self.sort != Sort.ACTIVE)

    @property
    def sorts(self) -> list[Link]:
        return [
            Link(label=sort.label, address=self.address(sort=sort), is_chosen=sort == self.sort)
            for sort in Sort
        ]

    @property
    def chips(self) -> list[Link]:
        """The filters in force, each with the address without it."""
        chips = []
        if self.kind:
            chips.append(Link(label=Article.Kind(self.kind).label, address=self.address(kind="")))
        if self.health:
            label = Article.Health(self.health).label
            chips.append(Link(label=label, address=self.address(health="")))
        return chips


def read_choices(values: Mapping[str, str], **extra: str) -> Choices:
    sort, kind, health = (values.get(name, "") for name in ("sort", "kind", "health"))
    return Choices(
        sort=Sort(sort) if sort in Sort.values else Sort.ACTIVE,
        kind=kind if kind in Article.Kind.values else "",
        health=health if health in Article.Health.values else "",
        page=values.get("page", "1"),
        extra=extra,
    )
