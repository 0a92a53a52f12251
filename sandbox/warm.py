"""One runtime's warm zygote and the jailed children that wait for code."""

import select
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

from sandbox import layers
from sandbox.cgroups import Backend
from sandbox.execution import Execution
from sandbox.model import Limits, Request, SandboxError
from sandbox.runtime import Runtime
from sandbox.zygote import Child, Zygote, ZygoteDied

WAITING_CHILDREN = 2
DYING_SECONDS = 0.3
"""A killed zygote is seen to be dead within this time."""
FORKS_AT_MOST = 2000
"""A zygote that forked so often is replaced, whatever may have built up in it."""
IDLE_SECONDS = 600.0
"""A zygote unused for so long is stopped; the next run on its runtime starts it again."""


class Warm:
    """One runtime's zygote and its waiting children. Thread-safe."""

    def __init__(
        self,
        runtime: Runtime,
        backend: Backend,
        root: Path,
        accepted_gaps: frozenset[str],
    ) -> None:
        self.runtime = runtime
        self.layers: dict[str, str] = {}
        self._accepted_gaps = accepted_gaps
        self._backend = backend
        self._root = root
        self._lock = threading.Lock()
        self._zygote: Zygote | None = None
        self._waiting: deque[Child] = deque()
        self.last_used = time.monotonic()
        self.runs = 0

    def take(self, request: Request) -> tuple[Child, dict[str, Any]]:
        """Return a child that waits for code, and what its zygote says of the environment."""
        is_warmed_up = not self.runtime.conflicts_with_warm_up(request.setup + request.code)
        self.last_used = time.monotonic()
        self.runs += 1
        with self._lock:
            while self._waiting and is_warmed_up and _has_default_disk(request.limits):
                child = self._waiting.popleft()
                if self._zygote is not None and _is_alive(child):
                    return child, self._zygote.about["environment"]
                child.close()
            return self._fork(request.limits, is_warmed_up=is_warmed_up)

    def refill(self) -> None:
        """Fork until enough children wait; only where the zygote is already running.

        The lock is free while a child gets ready, so that no run waits for a refill.
        """
        while True:
            with self._lock:
                zygote = self._zygote
                if zygote is not None and (zygote.forks > FORKS_AT_MOST or zygote.has_grown()):
                    self._stop()
                    zygote = self._alive_zygote()
                if zygote is None or len(self._waiting) >= WAITING_CHILDREN:
                    return
            try:
                child = zygote.prepare(Limits(), is_warmed_up=True)
            except SandboxError:
                return  # the next run finds out why, and says so
            with self._lock:
                is_ours = self._zygote is zygote  # and not that of one given up meanwhile
                if is_ours:
                    self._waiting.append(child)
            if not is_ours:
                child.close()
                return

    def distrust(self) -> None:
        """Let go of the waiting children, and of the zygote if it is dying too."""
        with self._lock:
            while self._waiting:
                self._waiting.popleft().close()
            if self._zygote is not None and not self._zygote.outlives(DYING_SECONDS):
                self._stop()

    def warm_up(self) -> None:
        """Start the zygote, unless it runs."""
        with self._lock:
            self._alive_zygote()
        self.refill()

    def tend(self, *, is_kept: bool) -> None:
        """Start again what should be warm and died; stop what nobody has used for long."""
        if is_kept:
            self.warm_up()
        elif time.monotonic() - self.last_used > IDLE_SECONDS:
            self.stop()

    def stop(self) -> None:
        with self._lock:
            self._stop()

    def status(self) -> dict[str, Any]:
        zygote = self._zygote
        about = zygote.about if zygote is not None else {}
        return {
            "built": self.runtime.is_built,
            "warm": zygote is not None and zygote.is_alive(),
            "waiting": len(self._waiting),
            "runs": self.runs,
            "layers": self.layers,
            "memory_bytes": about.get("memory_bytes"),
            "import_seconds": about.get("import_seconds"),
            "environment": about.get("environment"),
        }

    def _fork(self, limits: Limits, *, is_warmed_up: bool) -> tuple[Child, dict[str, Any]]:
        """Prepare a child; a zygote found dead is replaced once."""
        try:
            zygote = self._alive_zygote()
            return zygote.prepare(limits, is_warmed_up=is_warmed_up), zygote.about["environment"]
        except ZygoteDied:
            self._stop()
            zygote = self._alive_zygote()
            return zygote.prepare(limits, is_warmed_up=is_warmed_up), zygote.about["environment"]

    def _alive_zygote(self) -> Zygote:
        if self._zygote is not None and not self._zygote.is_alive():
            self._stop()
        if self._zygote is None:
            self._zygote = self._prove(Zygote(self.runtime, self._backend, self._root))
        return self._zygote

    def _prove(self, zygote: Zygote) -> Zygote:
        """Return the zygote if every layer holds in a fork of it; else stop it and raise."""
        request = layers.probe_request(self.runtime.name)
        try:
            child = zygote.prepare(request.limits, is_warmed_up=False)
            try:
                result = Execution(child, request, lambda event: None).run(lambda: False)
            finally:
                child.close()
            self.layers = layers.read_probe(result, self._backend)
            layers.require(self.layers, self._accepted_gaps)
        except SandboxError:
            zygote.stop()
            raise
        return zygote

    def _stop(self) -> None:
        while self._waiting:
            self._waiting.popleft().close()
        if self._zygote is not None:
            self._zygote.stop()
            self._zygote = None


def _has_default_disk(limits: Limits) -> bool:
    usual = Limits()
    fields = ("disk_bytes", "disk_inodes", "artifact_count", "artifact_bytes")
    return all(getattr(limits, name) == getattr(usual, name) for name in fields)


def _is_alive(child: Child) -> bool:
    return not select.select([child.process], [], [], 0)[0]
