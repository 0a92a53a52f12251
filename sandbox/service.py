"""The sandbox as a service on a unix socket: one connection a run."""

import contextlib
import logging
import os
import re
import select
import signal
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sandbox import protocol
from sandbox.model import Cancelled, Event, InvalidRequest, Request, SandboxError, Verdict
from sandbox.once import Once
from sandbox.pool import Pool
from sandbox.runtime import load_all

HOUSEKEEPING_SECONDS = 5.0
REQUEST_SECONDS = 10.0
KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
log = logging.getLogger(__name__)


def accepted_gaps() -> frozenset[str]:
    """Return the layers that ZHIYAN_ACCEPT_GAPS says may be missing, by name."""
    names = os.environ.get("ZHIYAN_ACCEPT_GAPS", "").split(",")
    return frozenset(name.strip() for name in names if name.strip())


class _Handler(socketserver.BaseRequestHandler):
    server: "Service"

    def handle(self) -> None:
        connection: socket.socket = self.request
        connection.settimeout(REQUEST_SECONDS)
        stream = connection.makefile("wb", buffering=0)
        try:
            order = protocol.LineReader(connection).read()
            connection.settimeout(None)
            match order:
                case {"op": "status"}:
                    protocol.write_line(stream, self.server.pool.status())
                case {"op": "run", "request": dict(values), "key": str(key)}:
                    self._run_once(key, connection, stream, Request.from_dict(values))
                case {"op": "run", "request": dict(values)}:
                    self._run(connection, stream, Request.from_dict(values))
                case _:
                    raise InvalidRequest("expected an op: run or status")
        except Cancelled:
            return
        except SandboxError as error:
            answer = {"error": str(error), "invalid": isinstance(error, InvalidRequest)}
            with contextlib.suppress(OSError):
                protocol.write_line(stream, answer)
        except OSError:
            return  # whoever asked has gone
        except Exception:
            log.exception("a run failed inside the service")
            with contextlib.suppress(OSError):
                protocol.write_line(stream, {"error": "the sandbox failed; its log says why"})

    def _run_once(self, key: str, connection: socket.socket, stream: Any, request: Request) -> None:
        if not KEY.fullmatch(key):
            raise InvalidRequest(f"key {key[:80]!r}: expected 1 to 64 letters, digits, - and _")
        with self.server.once.turn(key) as turn:
            if turn.told:
                stream.write(b"".join(turn.told))
                return
            verdict, told = self._run(connection, stream, request, turn.is_superseded.is_set)
            if verdict is not Verdict.INTERNAL:  # that one never came to its end
                log.info("run %s: %s", key, verdict)
                self.server.once.remember(key, told)

    def _run(
        self,
        connection: socket.socket,
        stream: Any,
        request: Request,
        is_superseded: Callable[[], bool] = lambda: False,
    ) -> tuple[Verdict, list[bytes]]:
        """Run to the end; return the verdict and every line of the answer, the result's last."""
        told: list[bytes] = []
        gone = threading.Event()

        def emit(event: Event) -> None:
            told.append(protocol.line_of(protocol.event_as_dict(event)))
            try:
                stream.write(told[-1])
            except OSError:
                gone.set()

        def is_cancelled() -> bool:
            return gone.is_set() or is_superseded() or _has_hung_up(connection)

        result = self.server.pool.run(request, emit, is_cancelled)
        emit(result)
        return result.verdict, told


def _has_hung_up(connection: socket.socket) -> bool:
    if not select.select([connection], [], [], 0)[0]:
        return False
    try:
        return not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True


class Service(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Accepts requests until shut down; closing it ends every run."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, socket_path: Path, pool: Pool) -> None:
        self.pool = pool
        self.once = Once()
        socket_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _remove_stale(socket_path)
        mask = os.umask(0o177)
        try:
            super().__init__(str(socket_path), _Handler)
        finally:
            os.umask(mask)


def _remove_stale(socket_path: Path) -> None:
    """Remove the socket of a service that is gone; raise where one still answers."""
    if not socket_path.exists():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(socket_path))
        except OSError:
            socket_path.unlink(missing_ok=True)
            return
    raise SandboxError(f"another sandbox service already listens at {socket_path}")


@contextlib.contextmanager
def serving(socket_path: Path, *, slots: int | None = None) -> Iterator[Pool]:
    """Serve from a thread of this process until the block is left."""
    pool = Pool(slots=slots, accepted_gaps=accepted_gaps())
    try:
        with Service(socket_path, pool) as service:
            thread = threading.Thread(target=service.serve_forever, daemon=True)
            thread.start()
            try:
                yield pool
            finally:
                service.shutdown()
                thread.join()
                socket_path.unlink(missing_ok=True)
    finally:
        pool.close()


def serve(socket_path: Path, *, slots: int | None, warm: list[str]) -> None:
    """Serve in the foreground until SIGTERM or SIGINT; start the `warm` zygotes at once."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    with serving(socket_path, slots=slots) as pool:
        log.info("sandbox at %s: %s, %d slots", socket_path, pool.backend.name, pool.slots)
        for name in warm:
            if name in load_all():
                _warm_up(pool, name)
        while not stopping.wait(HOUSEKEEPING_SECONDS):
            pool.tend(warm)


def _warm_up(pool: Pool, name: str) -> None:
    try:
        pool.warm_up(name)
    except SandboxError as error:
        log.warning("%s", error)
