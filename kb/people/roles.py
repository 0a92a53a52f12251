"""Who may do what: roles are Django groups, permissions are ours, the table is here alone."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as DjangoPermission
from django.utils.translation import gettext_lazy as _


class Role(StrEnum):
    READER = "reader"
    AUTHOR = "author"
    TRANSLATOR = "translator"
    REVIEWER = "reviewer"
    CURATOR = "curator"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    VIEW_DESK = "view-desk"
    WRITE_ARTICLES = "write-articles"
    TRANSLATE = "translate"
    REVIEW_TRANSLATIONS = "review-translations"
    CURATE_SNIPPETS = "curate-snippets"
    DECIDE_REPORTS = "decide-reports"
    MANAGE_TAGS = "manage-tags"
    IMPORT_CONTENT = "import-content"
    DELETE_ARTICLES = "delete-articles"
    ACCEPT_BATCHES = "accept-batches"
    MANAGE_WEBHOOKS = "manage-webhooks"
    MANAGE_ROLES = "manage-roles"


_CURATOR = frozenset(Permission) - {Permission.MANAGE_WEBHOOKS, Permission.MANAGE_ROLES}

ALLOWED: Mapping[Role, frozenset[Permission]] = {
    Role.READER: frozenset(),
    Role.AUTHOR: frozenset({Permission.VIEW_DESK, Permission.WRITE_ARTICLES, Permission.TRANSLATE}),
    Role.TRANSLATOR: frozenset({Permission.VIEW_DESK, Permission.TRANSLATE}),
    Role.REVIEWER: frozenset(
        {Permission.VIEW_DESK, Permission.TRANSLATE, Permission.REVIEW_TRANSLATIONS}
    ),
    Role.CURATOR: _CURATOR,
    Role.ADMINISTRATOR: frozenset(Permission),
}

ROLE_LABELS: Mapping[Role, Any] = {
    Role.READER: _("reader"),
    Role.AUTHOR: _("author"),
    Role.TRANSLATOR: _("translator"),
    Role.REVIEWER: _("reviewer"),
    Role.CURATOR: _("curator"),
    Role.ADMINISTRATOR: _("administrator"),
}

PERMISSION_LABELS: Mapping[Permission, Any] = {
    Permission.VIEW_DESK: _("see the desk"),
    Permission.WRITE_ARTICLES: _("write articles and answers"),
    Permission.TRANSLATE: _("write texts and translations"),
    Permission.REVIEW_TRANSLATIONS: _("review translations, but not one's own"),
    Permission.CURATE_SNIPPETS: _("curate code: set-ups, corrections, claims"),
    Permission.DECIDE_REPORTS: _("decide on what readers report and suggest"),
    Permission.MANAGE_TAGS: _("manage tags"),
    Permission.IMPORT_CONTENT: _("import content and mark it reviewed"),
    Permission.DELETE_ARTICLES: _("delete articles and bring them back"),
    Permission.ACCEPT_BATCHES: _("answer verification that stopped"),
    Permission.MANAGE_WEBHOOKS: _("manage webhooks"),
    Permission.MANAGE_ROLES: _("give and take roles"),
}

_ROLES = "_zhiyan_roles"


def roles_of(user: Any) -> frozenset[Role]:
    """Return the user's roles, read once for each user object; a superuser administers."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return frozenset()
    if user.is_superuser:
        return frozenset({Role.ADMINISTRATOR})
    known = getattr(user, _ROLES, None)
    if known is None:
        names = user.groups.filter(name__in=list(Role)).values_list("name", flat=True)
        known = frozenset(map(Role, names))
        setattr(user, _ROLES, known)
    return frozenset(known)


def may(user: Any, permission: Permission) -> bool:
    return any(permission in ALLOWED[role] for role in roles_of(user))


def make_groups(**_: Any) -> None:
    """Make the roles' groups; who curates gets the larger runs, who administers the records."""
    for role in Role:
        group, _made = Group.objects.get_or_create(name=role.value)
        ours = DjangoPermission.objects.filter(content_type__app_label__in=["kb", "snippets"])
        if role is Role.ADMINISTRATOR:
            group.permissions.set(ours)
        elif role is Role.CURATOR:
            group.permissions.set(ours.filter(codename="change_snippet"))
