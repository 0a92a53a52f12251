"""What goes on beside a run: its output gathered, its worker's pulse, the wish to cancel."""

import logging
import time
from collections.abc import Callable

import redis
from django.utils import timezone

import sandbox
from snippets import streams
from snippets.models import Run

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 2.0


class ClaimLost(Exception):
    """Another worker has taken the run, or it was given up."""


class Watch:
    """A run that nobody looks at while it goes on."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._beaten_at = time.monotonic()
        self.is_started = False
        self.output: list[dict[str, str]] = []

    def start(self) -> None:
        """Hear that the code is about to run."""
        self.is_started = True

    def hear(self, event: sandbox.Output) -> None:
        if self.output and self.output[-1]["stream"] == event.stream:
            self.output[-1]["text"] += event.text
        else:
            self.output.append({"stream": event.stream, "text": event.text})

    def end(self) -> None:
        """Hear that the end is in the database."""

    def is_cancelled(self) -> bool:
        """Asked by the sandbox client ten times a second, so also the pulse of this worker.

        Raises ClaimLost when the run is no longer this worker's.
        """
        if time.monotonic() - self._beaten_at < HEARTBEAT_SECONDS:
            return False
        self._beaten_at = time.monotonic()
        held = Run.objects.held_by(self._run.claim_token).filter(pk=self._run.pk)
        if not held.update(heartbeat_at=timezone.now()):
            raise ClaimLost(self._run.public_id)
        return held.filter(cancel_requested=True).exists()


class StreamingWatch(Watch):
    """A run whose viewers follow it through Redis, and cancel it there without delay."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._publisher = streams.Publisher(run.public_id, run.attempts)

    def start(self) -> None:
        super().start()
        self._tell(self._publisher.started)

    def hear(self, event: sandbox.Output) -> None:
        super().hear(event)
        self._tell(lambda: self._publisher.output(event.stream, event.text))

    def end(self) -> None:
        self._tell(self._publisher.done)

    def is_cancelled(self) -> bool:
        self._tell(self._publisher.flush_if_due)
        if super().is_cancelled():
            return True
        try:
            return streams.is_cancel_asked(self._run.public_id)
        except redis.RedisError:
            return False  # the next heartbeat reads the wish from the database

    def _tell(self, action: Callable[[], None]) -> None:
        """Publish; viewers may miss something while the broker is away, the result is kept."""
        try:
            action()
        except redis.RedisError as error:
            logger.warning("run %s: nothing streamed: %s", self._run.public_id, error)
