"""People with accounts and their roles."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db.models import Q
from django.http import Http404

from kb.roles import ROLE_LABELS, Role

ROWS_PER_PAGE = 30


@dataclasses.dataclass(frozen=True, kw_only=True)
class Person:
    user: User
    boxes: Sequence[tuple[str, Any, bool]]  # role, label, whether they have it


@dataclasses.dataclass(frozen=True, kw_only=True)
class People:
    rows: Sequence[Person]
    query: str
    role: str
    roles: Sequence[tuple[str, Any]]
    number: int
    page_count: int
    total: int

    @property
    def previous(self) -> str:
        return self._address(self.number - 1) if self.number > 1 else ""

    @property
    def next(self) -> str:
        return self._address(self.number + 1) if self.number < self.page_count else ""

    def _address(self, number: int) -> str:
        values = {"q": self.query, "has": self.role, "page": str(number)}
        return "?" + urlencode({name: value for name, value in values.items() if value})


def list_people(values: Mapping[str, str]) -> People:
    """Return a page of people by name, superusers first."""
    query = values.get("q", "").replace("\0", "").strip()[:150]
    role = values.get("has", "") if values.get("has", "") in set(Role) else ""
    found = User.objects.prefetch_related("groups").order_by("-is_superuser", "username")
    if query:
        found = found.filter(Q(username__icontains=query) | Q(email__icontains=query))
    if role:
        found = found.filter(groups__name=role)
    paginator = Paginator(found, ROWS_PER_PAGE)
    try:
        page = paginator.page(values.get("page", "1"))
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404(f"page {values.get('page')!r}: there are {paginator.num_pages}") from error
    return People(
        rows=[_person(user) for user in page.object_list],
        query=query,
        role=role,
        roles=[(one.value, ROLE_LABELS[one]) for one in Role],
        number=page.number,
        page_count=paginator.num_pages,
        total=paginator.count,
    )


def _person(user: User) -> Person:
    names = {group.name for group in user.groups.all()}
    boxes = [(role.value, ROLE_LABELS[role], role.value in names) for role in Role]
    return Person(user=user, boxes=boxes)
