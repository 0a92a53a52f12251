"""Dates as other sites write them. Pure."""

import datetime
from email.utils import parsedate_to_datetime


def moment(text: str) -> datetime.datetime | None:
    """Return an ISO 8601 or RFC 2822 time, UTC where it names no zone; None where it is none.

    `0000-00-00 00:00:00` is how some exports write that they do not know.
    """
    text = text.strip()
    if not text or text.startswith(("0000", "-")):
        return None
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError:
        try:
            found = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError):
            return None
    if found.tzinfo is None:
        return found.replace(tzinfo=datetime.UTC)
    try:
        return found.astimezone(datetime.UTC)
    except OverflowError:
        return None
