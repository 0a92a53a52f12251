"""The drainer: a process that keeps this machine's index up to date for as long as it runs."""

import datetime
import logging
import time
from collections.abc import Callable

from django.db import OperationalError, close_old_connections
from django.utils import timezone

from kb.models import SearchIndex
from kb.search import analyzer, indexes
from kb.search.draining import beat, drain, rebuild
from kb.search.engines.base import EngineBusy, EngineError, Writer
from kb.search.vectors import fill_vectors

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.3
BEAT_SECONDS = 60.0
GIVEN_UP_AFTER = datetime.timedelta(days=7)
"""An index whose drainer was silent for longer is no longer told of changes; it is built anew."""
RETRY_SECONDS = 5.0


def follow(*, is_over: Callable[[], bool]) -> None:
    """Index changes as they come until `is_over`; builds the index where it is missing or old."""
    while not is_over():
        try:
            index = usable_index() or rebuild()
            writer = _writer(index)
        except EngineBusy:
            _sleep(RETRY_SECONDS, is_over)
            continue
        except (EngineError, OperationalError) as error:
            logger.error("the search index cannot be built: %s", error)
            _sleep(RETRY_SECONDS, is_over)
            continue
        try:
            _follow_index(index, writer, is_over)
        except EngineError as error:
            logger.error("the search index is damaged and will be built anew: %s", error)
            SearchIndex.objects.filter(pk=index.pk).delete()
        except OperationalError as error:
            logger.warning("the database is away: %s", error)
            close_old_connections()
            _sleep(RETRY_SECONDS, is_over)
        finally:
            _close(writer)


def usable_index() -> SearchIndex | None:
    """Return the current index where this site's code can use it and it was told of changes."""
    index = SearchIndex.objects.filter(name=indexes.current_name() or "").first()
    if index is None or index.version != analyzer.version():
        return None
    if index.engine != indexes.wanted_engine():
        return None
    try:
        indexes.open_reader(index.engine, index.name).size()
    except EngineError as error:
        logger.error("the search index will be built anew: %s", error)
        return None
    return index


def _writer(index: SearchIndex) -> Writer:
    try:
        return indexes.open_writer(index.engine, index.name)
    except EngineBusy:
        raise
    except EngineError:
        # Not even a writer can be had, so it is as good as none.
        SearchIndex.objects.filter(pk=index.pk).delete()
        raise


def _follow_index(index: SearchIndex, writer: Writer, is_over: Callable[[], bool]) -> None:
    """Drain until it is over or another index has taken over."""
    next_beat = 0.0
    fill_vectors(is_over=is_over)  # the model may have been installed since
    while not is_over():
        if time.monotonic() >= next_beat:
            next_beat = time.monotonic() + BEAT_SECONDS
            oldest = timezone.now() - GIVEN_UP_AFTER
            SearchIndex.objects.filter(seen_at__lt=oldest).exclude(pk=index.pk).delete()
            if not beat(index):
                return
        if indexes.current_name() != index.name:
            return
        if not drain(index=index, writer=writer):
            _sleep(POLL_SECONDS, is_over)


def _sleep(seconds: float, is_over: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while not is_over() and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, POLL_SECONDS))


def _close(writer: Writer) -> None:
    try:
        writer.close()
    except EngineError as error:
        logger.warning("closing the search index: %s", error)
