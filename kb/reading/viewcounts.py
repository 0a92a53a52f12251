"""How often articles are read; counted in this process and written a batch at a time."""

import re
import threading
import time
from collections import Counter

from django.db import DatabaseError, transaction
from django.db.models import F

from kb.models import Article

WRITE_SECONDS = 30
"""A killed process forgets the views of at most so long."""
ROBOTS = re.compile(r"bot|crawl|spider|slurp|curl|wget|python|fetch", re.IGNORECASE)

_lock = threading.Lock()
_counts: Counter[int] = Counter()
_written_at = time.monotonic()


def note_view(article_id: int, *, agent: str) -> None:
    """Count a reader's view; robots are none. Writes when the last writing is long ago."""
    if not agent or ROBOTS.search(agent):
        return
    with _lock:
        _counts[article_id] += 1
        is_due = time.monotonic() - _written_at > WRITE_SECONDS
    if is_due:
        write_views()


def write_views() -> None:
    """Add what was counted to the articles; a busy database gets it the next time."""
    global _written_at  # noqa: PLW0603 - one clock a process
    with _lock:
        counts = Counter(_counts)
        _counts.clear()
        _written_at = time.monotonic()
    try:
        with transaction.atomic():
            for article_id, number in counts.items():
                Article.objects.filter(pk=article_id).update(view_count=F("view_count") + number)
    except DatabaseError:
        with _lock:
            _counts.update(counts)
