"""What templates of articles cannot say by themselves."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def of(values: Mapping[int, int], key: int) -> int:
    """Return the value of a key, 0 where there is none."""
    return values.get(key, 0) if values else 0
