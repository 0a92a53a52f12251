"""Asking a running sandbox service to run code."""

import select
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sandbox import protocol
from sandbox.model import Cancelled, Event, InvalidRequest, Request, Result, SandboxError

CANCEL_POLL_SECONDS = 0.1
STATUS_SECONDS = 5.0


class ServiceUnavailable(SandboxError):
    """No sandbox service listens there, or it went away in the middle of a run."""


class Client:
    """A sandbox service, by the path of its unix socket. Safe to share between threads."""

    def __init__(self, socket_path: str | Path) -> None:
        self._path = str(socket_path)

    def run(
        self,
        request: Request,
        *,
        key: str | None = None,
        is_cancelled: Callable[[], bool] | None = None,
    ) -> Iterator[Event]:
        """Yield the events of one run; the last is its Result.

        What is asked for again under the same `key` within minutes does not run again: its events
        are told again. Where it still runs for an earlier asker, that one is killed first.
        `is_cancelled` is asked about ten times a second; once it says yes the
        code is killed and Cancelled raised. Leaving the iterator early kills it too.
        Raises InvalidRequest for a request no sandbox would run, SandboxError
        when the service could not do its work.
        """
        with self._connect() as connection, connection.makefile("rwb", buffering=0) as stream:
            named = {} if key is None else {"key": key}
            protocol.write_line(stream, {"op": "run", "request": request.as_dict(), **named})
            lines = protocol.LineReader(connection)
            while True:
                while is_cancelled is not None and not lines.has_line():
                    if select.select([connection], [], [], CANCEL_POLL_SECONDS)[0]:
                        lines.fill()
                    elif is_cancelled():
                        raise Cancelled("cancelled")
                event = protocol.event_from_dict(self._checked(lines.read()))
                yield event
                if isinstance(event, Result):
                    return

    def status(self) -> dict[str, Any]:
        """Return what the service says of itself: layers, zygotes, counts."""
        with self._connect() as connection, connection.makefile("rwb", buffering=0) as stream:
            connection.settimeout(STATUS_SECONDS)
            protocol.write_line(stream, {"op": "status"})
            return self._checked(protocol.LineReader(connection).read())

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(self._path)
        except OSError as error:
            connection.close()
            raise ServiceUnavailable(
                f"no sandbox service at {self._path} ({error.strerror}); start it with: make up"
            ) from error
        return connection

    @staticmethod
    def _checked(values: dict[str, Any] | None) -> dict[str, Any]:
        if values is None:
            raise ServiceUnavailable("the sandbox service went away in the middle of a run")
        if "error" in values:
            kind = InvalidRequest if values.get("invalid") else SandboxError
            raise kind(values["error"])
        return values
