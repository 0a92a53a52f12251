"""Warm zygotes and the jailed children that wait for code, behind one `run`."""

import contextlib
import dataclasses
import os
import queue
import select
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sandbox import cgroups, layers
from sandbox.execution import Execution
from sandbox.model import Cancelled, Event, Limits, Request, Result, SandboxError, Started, Verdict
from sandbox.runtime import Runtime, load, load_all, var_directory
from sandbox.watching import WatchBackend
from sandbox.zygote import THREADS, Child, Zygote, ZygoteDied

WAITING_CHILDREN = 2
DYING_SECONDS = 0.3
"""A killed zygote is seen to be dead within this time."""
ATTEMPTS = 3
"""A run that died unheard is started over; more often means that something else is wrong."""
FORKS_AT_MOST = 2000
"""A zygote that forked so often is replaced, whatever may have built up in it."""
IDLE_SECONDS = 600.0
"""A zygote unused for so long is stopped; the next run on its runtime starts it again."""
HARNESS_VERSION = "2"
"""Part of every verification's key: change it when a run's output would change."""


class _Warm:
    """One runtime's zygote and its waiting children. Thread-safe."""

    def __init__(
        self,
        runtime: Runtime,
        backend: cgroups.Backend,
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


def _find_backend() -> cgroups.Backend:
    try:
        return cgroups.find_backend()
    except cgroups.Unavailable as error:
        return WatchBackend(str(error))


def _has_default_disk(limits: Limits) -> bool:
    usual = Limits()
    fields = ("disk_bytes", "disk_inodes", "artifact_count", "artifact_bytes")
    return all(getattr(limits, name) == getattr(usual, name) for name in fields)


def _is_alive(child: Child) -> bool:
    return not select.select([child.process], [], [], 0)[0]


class Pool:
    """Runs code; as many at a time as there are slots, the rest wait their turn."""

    def __init__(
        self, *, slots: int | None = None, accepted_gaps: frozenset[str] = frozenset()
    ) -> None:
        self.backend = _find_backend()
        self._accepted_gaps = accepted_gaps
        self.slots = slots or max(2, os.cpu_count() or 2)
        self._free = threading.BoundedSemaphore(self.slots)
        self._free_gpu = threading.BoundedSemaphore(1)  # one run a device at a time
        self.jail_root = var_directory() / "jail"
        self._warm: dict[str, _Warm] = {}
        self._lock = threading.Lock()
        self._refiller, self._cleaner = _Housekeeper(), _Housekeeper()

    def run(
        self,
        request: Request,
        emit: Callable[[Event], None] = lambda event: None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> Result:
        """Run the request and return its result; events go to `emit` as they come.

        A zygote that dies under a run is replaced, and the run started over as
        long as nothing of it has been shown. Raises SandboxError when the
        sandbox cannot do its work, Cancelled once `is_cancelled` says so.
        """
        warm = self._warm_for(request.runtime)
        free = self._free_gpu if warm.runtime.gpu else self._free
        while not free.acquire(timeout=0.1):
            if is_cancelled():
                raise Cancelled("cancelled while waiting for a free slot")
        try:
            for _ in range(ATTEMPTS):
                result, was_heard = self._attempt(warm, request, emit, is_cancelled)
                if result.verdict is not Verdict.INTERNAL or was_heard:
                    break
                warm.distrust()
        finally:
            free.release()
            self._refiller.put(warm.refill)
        return result

    def _attempt(
        self,
        warm: _Warm,
        request: Request,
        emit: Callable[[Event], None],
        is_cancelled: Callable[[], bool],
    ) -> tuple[Result, bool]:
        child, environment = warm.take(request)
        heard = False

        def note_and_emit(event: Event) -> None:
            nonlocal heard
            heard = True
            emit(event)

        try:
            emit(Started(runtime=request.runtime))
            result = Execution(child, request, note_and_emit).run(is_cancelled)
        finally:
            self._cleaner.put(child.close)
        about = {
            "runtime": request.runtime,
            "runtime_digest": warm.runtime.digest,
            "harness_version": HARNESS_VERSION,
            "seed": request.seed,
            "limits": request.limits.as_dict(),
            "threads": int(THREADS),
            "device": "gpu" if warm.runtime.gpu else "cpu",
            **environment,
            **result.environment,
        }
        return dataclasses.replace(result, environment=about), heard

    def warm_up(self, name: str) -> dict[str, str]:
        """Start the runtime's zygote; return the state of each layer, proven in a fork of it."""
        warm = self._warm_for(name)
        warm.warm_up()
        return warm.layers

    def tend(self, kept: Iterable[str]) -> None:
        """Keep the runtimes of these names warm; retire the others when idle."""
        for name, warm in list(self._warm.items()):
            with contextlib.suppress(SandboxError):  # the next run on it finds out why, and says so
                warm.tend(is_kept=name in kept)

    def status(self) -> dict[str, Any]:
        runtimes = {
            name: self._warm[name].status()
            if name in self._warm
            else {"built": runtime.is_built, "warm": False, "waiting": 0, "runs": 0}
            for name, runtime in load_all().items()
        }
        return {
            "backend": self.backend.name,
            "slots": self.slots,
            "accepted_gaps": sorted(self._accepted_gaps),
            "runtimes": runtimes,
        }

    def close(self) -> None:
        """Stop every zygote, and with it whatever still runs."""
        self._refiller.stop()
        self._cleaner.stop()
        for warm in self._warm.values():
            warm.stop()

    def _warm_for(self, name: str) -> _Warm:
        with self._lock:
            if name not in self._warm:
                runtime = load(name)
                runtime.require_built()
                self._warm[name] = _Warm(runtime, self.backend, self.jail_root, self._accepted_gaps)
            return self._warm[name]


class _Housekeeper:
    """A thread for what must be done after a run but not while its reader waits."""

    def __init__(self) -> None:
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._do, daemon=True)
        self._thread.start()
        self.put = self._work.put

    def stop(self) -> None:
        """Do what was asked for so far, then end."""
        self._work.put(None)
        self._thread.join()

    def _do(self) -> None:
        while (work := self._work.get()) is not None:
            with contextlib.suppress(SandboxError, OSError):
                work()
