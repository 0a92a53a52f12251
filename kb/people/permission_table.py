"""Which role may do what, as a table for people."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from kb.people.roles import ALLOWED, PERMISSION_LABELS, ROLE_LABELS, Permission, Role


@dataclasses.dataclass(frozen=True, kw_only=True)
class PermissionTable:
    roles: Sequence[Any]  # their labels
    rows: Sequence[tuple[Any, Sequence[bool]]]  # what may be done, and by which of the roles


def permission_table() -> PermissionTable:
    return PermissionTable(
        roles=[ROLE_LABELS[role] for role in Role],
        rows=[
            (PERMISSION_LABELS[one], [one in ALLOWED[role] for role in Role]) for one in Permission
        ],
    )
