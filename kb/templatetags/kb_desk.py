"""What templates of the desk ask: what their reader may do, and errors in their language."""

from typing import Any

from django import template

from kb.desk.reasons import rightly
from kb.importers.wording import explain, name_row
from kb.people.roles import Permission, may
from kb.webhooks.wording import explain as undelivered
from snippets.models import Snippet

register = template.Library()


@register.filter(name="may")
def _may(user: Any, permission: str) -> bool:
    return may(user, Permission(permission))


register.filter("told", explain)
register.filter("row", name_row)
register.filter("undelivered", undelivered)


@register.inclusion_tag("desk/_rightly.html", takes_context=True, name="rightly")
def _rightly(context: template.Context, snippet: Snippet, queue: str) -> dict[str, Any]:
    """Show whether the snippet rightly fails, and a form to say so."""
    return {
        "told": rightly(snippet),
        "snippet": snippet,
        "queue": queue,
        "lang": context["lang"],
        "csrf_token": context["csrf_token"],
    }
