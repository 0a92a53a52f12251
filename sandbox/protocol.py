"""The line protocol between the sandbox service and those who ask it: JSON, one value a line."""

import dataclasses
import json
import socket
from typing import Any, BinaryIO

from sandbox.model import Event, Output, Result, SandboxError, Started

LINE_BYTES = 128 * 1024 * 1024
"""Longer lines are refused: more than all artifacts of a run, in base64, with room to spare."""


def line_of(value: dict[str, Any]) -> bytes:
    # ASCII alone: lone surrogates survive the way and line borders stay what they are.
    return json.dumps(value, ensure_ascii=True).encode("ascii") + b"\n"


def write_line(stream: BinaryIO | socket.SocketIO, value: dict[str, Any]) -> None:
    stream.write(line_of(value))
    stream.flush()


class LineReader:
    """Whole values from a connected socket."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = bytearray()
        self._is_at_end = False

    def has_line(self) -> bool:
        """Say whether `read` would answer without waiting."""
        return self._is_at_end or b"\n" in self._buffer

    def fill(self) -> None:
        """Take what has arrived; waits when nothing has."""
        try:
            chunk = self._connection.recv(1 << 20)
        except OSError:
            chunk = b""  # a reset says no more than an end
        self._is_at_end = not chunk
        self._buffer += chunk
        if len(self._buffer) > LINE_BYTES:
            raise SandboxError(f"a message of more than {LINE_BYTES:,} bytes")

    def read(self) -> dict[str, Any] | None:
        """Return the next value, or None at the end of the stream."""
        while not self.has_line():
            self.fill()
        line, newline, rest = bytes(self._buffer).partition(b"\n")
        if not newline:
            return None
        self._buffer = bytearray(rest)
        try:
            value = json.loads(line)
        except ValueError as error:
            raise SandboxError(f"a message is not JSON: {error}") from error
        if not isinstance(value, dict):
            raise SandboxError("a message is not an object")
        return value


def event_as_dict(event: Event) -> dict[str, Any]:
    match event:
        case Result():
            return {"event": "result", **event.as_dict()}
        case Started():
            return {"event": "started", **dataclasses.asdict(event)}
        case Output():
            return {"event": "output", **dataclasses.asdict(event)}


def event_from_dict(values: dict[str, Any]) -> Event:
    rest = {key: value for key, value in values.items() if key != "event"}
    match values.get("event"):
        case "result":
            return Result.from_dict(rest)
        case "started":
            return Started(**rest)
        case "output":
            return Output(**rest)
        case other:
            raise SandboxError(f"unknown event {other!r}")
