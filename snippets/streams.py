"""A run's events on their way to whoever watches, and the wish to cancel on its way back.

One Redis stream a run. Every entry carries the attempt that wrote it, so that a
viewer ignores a worker that lost the run to another. What is kept for good is in
the database; a stream may vanish at any time.
"""

import dataclasses
import json
import time
from typing import Any

import redis
import redis.asyncio

from snippets import broker

KEPT_SECONDS = 600
BATCH_SECONDS = 0.05
LENGTH = 5000
FIRST = "0-0"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Entry:
    """One event of a run: started, output (data has its parts) or done; of a trial: cell."""

    id: str
    event: str
    attempt: int
    data: dict[str, Any]


def stream_key(public_id: str) -> str:
    return f"run:{public_id}"


def cancel_key(public_id: str) -> str:
    return f"run:{public_id}:cancel"


def ask_to_cancel(public_id: str) -> None:
    broker.client().set(cancel_key(public_id), "1", ex=KEPT_SECONDS)


def is_cancel_asked(public_id: str) -> bool:
    return bool(broker.client().exists(cancel_key(public_id)))


class Publisher:
    """One attempt's events; text is gathered for BATCH_SECONDS, so that floods stay cheap."""

    def __init__(self, public_id: str, attempt: int) -> None:
        self._key = stream_key(public_id)
        self._attempt = attempt
        self._parts: list[dict[str, str]] = []
        self._flushed_at = 0.0

    def started(self) -> None:
        self._add("started", {})

    def output(self, stream: str, text: str) -> None:
        if self._parts and self._parts[-1]["stream"] == stream:
            self._parts[-1]["text"] += text
        else:
            self._parts.append({"stream": stream, "text": text})
        self.flush_if_due()

    def flush_if_due(self) -> None:
        if self._parts and time.monotonic() - self._flushed_at >= BATCH_SECONDS:
            self.flush()

    def flush(self) -> None:
        if self._parts:
            self._add("output", {"parts": self._parts})
        self._parts = []
        self._flushed_at = time.monotonic()

    def cell(self) -> None:
        """Tell that a part of a trial began or ended; what it is stands in the database."""
        self._add("cell", {})

    def done(self) -> None:
        self.flush()
        self._add("done", {})

    def _add(self, event: str, data: dict[str, Any]) -> None:
        fields: dict[Any, Any] = {"event": event, "attempt": self._attempt}
        fields["data"] = json.dumps(data)
        pipeline = broker.client().pipeline(transaction=False)
        pipeline.xadd(self._key, fields, maxlen=LENGTH, approximate=True)
        pipeline.expire(self._key, KEPT_SECONDS)
        pipeline.execute()


def announce_end(public_id: str, attempt: int) -> None:
    """Tell viewers that the run is over, for those who end it from outside."""
    Publisher(public_id, attempt).done()


async def read(
    client: redis.asyncio.Redis, public_id: str, after: str, block_seconds: float
) -> list[Entry]:
    """Return what came after `after`; waits up to `block_seconds` when nothing has."""
    block = max(1, int(block_seconds * 1000)) if block_seconds else None
    return _entries(await client.xread({stream_key(public_id): after}, count=200, block=block))


def wait_until_done(public_id: str, after: str, seconds: float) -> tuple[str, bool]:
    """Wait up to `seconds` for the run's end; return where the stream was left, and whether."""
    block = max(1, int(seconds * 1000))
    answer = broker.client().xread({stream_key(public_id): after}, count=200, block=block)
    entries = _entries(answer)
    is_done = any(entry.event == "done" for entry in entries)
    return (entries[-1].id if entries else after), is_done


def _entries(answer: Any) -> list[Entry]:
    pairs = answer.items() if isinstance(answer, dict) else answer or []
    entries: list[Entry] = []
    for _key, rows in pairs:
        # RESP3 wraps the entries of a stream in one more list than RESP2.
        flat = rows[0] if rows and isinstance(rows[0], list) else rows
        entries += [
            Entry(
                id=entry_id,
                event=fields["event"],
                attempt=int(fields["attempt"]),
                data=json.loads(fields["data"]),
            )
            for entry_id, fields in flat
        ]
    return entries
