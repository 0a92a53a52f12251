"""People with accounts and their roles."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q

from kb.desk.paging import Paging, paginate
from kb.people.roles import ROLE_LABELS, Role

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
    paging: Paging


def list_people(values: Mapping[str, str]) -> People:
    """Return a page of people by name, superusers first."""
    query = values.get("q", "").replace("\0", "").strip()[:150]
    role = values.get("has", "") if values.get("has", "") in set(Role) else ""
    found = User.objects.prefetch_related("groups").order_by("-is_superuser", "username")
    if query:
        found = found.filter(Q(username__icontains=query) | Q(email__icontains=query))
    if role:
        found = found.filter(groups__name=role)
    chosen = {"q": query, "has": role}
    paging = paginate(found, values, at_once=ROWS_PER_PAGE, chosen=chosen)
    return People(
        rows=[_person(user) for user in paging.items],
        query=query,
        role=role,
        roles=[(one.value, ROLE_LABELS[one]) for one in Role],
        paging=paging,
    )


def _person(user: User) -> Person:
    names = {group.name for group in user.groups.all()}
    boxes = [(role.value, ROLE_LABELS[role], role.value in names) for role in Role]
    return Person(user=user, boxes=boxes)
