"""A run under a key runs to its end once, however often it is asked for.

Whoever asks may die between a run's end and writing it down, or be taken for
dead while it goes on. A second one, asking under the same key, is told what the
first was; and where the first still runs, that one is killed.
"""

import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator

REMEMBERED_SECONDS = 180.0
"""Longer than it takes to find out that a worker died, and to ask again."""
REMEMBERED_BYTES = 32 * 1024 * 1024


class Turn:
    """One asker's go at a key."""

    def __init__(self, told: list[bytes]) -> None:
        self.told = told  # the lines of the run that has ended already; else none
        self.is_superseded = threading.Event()


class Once:
    """The runs of one service, by key. Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running: dict[str, Turn] = {}
        self._ended: OrderedDict[str, tuple[float, list[bytes]]] = OrderedDict()
        self._bytes = 0

    @contextlib.contextmanager
    def turn(self, key: str) -> Iterator[Turn]:
        """Have an earlier asker under this key give way, and wait until it did."""
        with self._changed:
            while earlier := self._running.get(key):
                earlier.is_superseded.set()
                self._changed.wait()
            _, told = self._ended.get(key, (0.0, []))
            turn = self._running[key] = Turn(told)
        try:
            yield turn
        finally:
            with self._changed:
                del self._running[key]
                self._changed.notify_all()

    def remember(self, key: str, told: list[bytes]) -> None:
        """Keep the lines of a run that came to an end of its own, for a while."""
        with self._changed:
            self._ended[key] = (time.monotonic(), told)
            self._bytes += _size(told)
            while self._ended and self._is_too_much():
                _, (_, forgotten) = self._ended.popitem(last=False)
                self._bytes -= _size(forgotten)

    def _is_too_much(self) -> bool:
        oldest_at, _ = next(iter(self._ended.values()))
        return self._bytes > REMEMBERED_BYTES or oldest_at < time.monotonic() - REMEMBERED_SECONDS


def _size(lines: list[bytes]) -> int:
    return sum(map(len, lines))
