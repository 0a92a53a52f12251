"""Asking in a template what its reader may do."""

from typing import Any

from django import template

from kb.roles import Permission, may

register = template.Library()


@register.filter(name="may")
def _may(user: Any, permission: str) -> bool:
    return may(user, Permission(permission))
