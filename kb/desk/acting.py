"""Bulk actions: from what a form sent to what is done to which rows."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from kb.desk.page import read_filters
from kb.desk.queue import Action, Given, Queue
from kb.people.roles import may
from kb.tagging import find_tag

AT_ONCE = 1000
WHY_CHARACTERS = 1000


class NotDone(Exception):
    """Nothing was done; the message says what the form lacks."""


def act(queue: Queue, *, user: Any, values: QueryDict) -> int:
    """Do the action that was chosen to the rows that were; return to how many.

    What is no longer in the queue is left alone. Raises NotDone.
    """
    action = next((one for one in queue.actions if one.name == values.get("action")), None)
    if action is None or not may(user, action.permission):
        raise NotDone(_("Choose what to do."))
    given = Given(
        ids=_ids(queue, values),
        user=user,
        why=values.get("why", "").strip()[:WHY_CHARACTERS],
        tag=find_tag(values.get("new_tag", "")),
    )
    _check(action, given, values)
    return action.do(given)


def _check(action: Action, given: Given, values: QueryDict) -> None:
    if not given.ids:
        raise NotDone(_("Choose at least one row first."))
    if action.needs_why and not given.why:
        raise NotDone(_("Say why, in a few words: it is kept in the history."))
    if action.needs_tag and given.tag is None:
        name = values.get("new_tag", "")
        raise NotDone(
            _("There is no tag “%(name)s”.") % {"name": name} if name else _("Name the tag.")
        )


def _ids(queue: Queue, values: QueryDict) -> list[int]:
    waiting = queue.items(read_filters(queue, values))
    if values.get("everything"):
        return list(waiting.values_list("pk", flat=True)[:AT_ONCE])
    chosen = {int(one) for one in values.getlist("id") if one.isdecimal() and len(one) < 19}
    return list(waiting.filter(pk__in=list(chosen)[:AT_ONCE]).values_list("pk", flat=True))
