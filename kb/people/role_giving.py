"""Giving people roles, and taking them."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils.translation import gettext as _

from kb.models import Deed
from kb.people.auditing import note_deed
from kb.people.roles import Role


class RolesRefused(Exception):
    """Roles that cannot be given so; the message, in the reader's language, says why."""


@transaction.atomic
def set_roles(*, person: User, roles: Collection[Role], why: str, user: Any) -> bool:
    """Give `person` these roles and no other; return whether that changed any.

    Who administers sees the records too. Nobody takes that from themselves, so that
    somebody is left who can give it back.
    """
    locked = User.objects.select_for_update().get(pk=person.pk)
    before = {Role(name) for name in _names(locked)}
    after = set(roles)
    if before == after:
        return False
    if locked.pk == user.pk and Role.ADMINISTRATOR in before - after:
        raise RolesRefused(_("You cannot take the administrator's role from yourself."))
    locked.groups.remove(*Group.objects.filter(name__in=before - after))
    locked.groups.add(*Group.objects.filter(name__in=after - before))
    if not locked.is_superuser:
        locked.is_staff = Role.ADMINISTRATOR in after
        locked.save(update_fields=["is_staff"])
    given, taken = sorted(after - before), sorted(before - after)
    label = " ".join(
        [f"{locked.get_username()}:", *(f"+{name}" for name in given), *(f"−{n}" for n in taken)]
    )
    note_deed(user=user, verb=Deed.CHANGED_ROLES, target=locked, why=why, label=label)
    return True


def _names(user: User) -> list[str]:
    return list(user.groups.filter(name__in=list(Role)).values_list("name", flat=True))
