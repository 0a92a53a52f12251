"""Warm zygotes and the jailed children that wait for code, behind one `run`."""

import contextlib
import dataclasses
import os
import queue
import threading
from collections.abc import Callable, Iterable
from typing import Any

from sandbox import cgroups
from sandbox.execution import Execution
from sandbox.model import Cancelled, Event, Request, Result, SandboxError, Started, Verdict
from sandbox.runtime import load, load_all, var_directory
from sandbox.warm import Warm
from sandbox.watching import WatchBackend
from sandbox.zygote import THREADS

ATTEMPTS = 3
"""A run that died unheard is started over; more often means that something else is wrong."""
HARNESS_VERSION = "2"
"""Part of every verification's key: change it when a run's output would change."""


def _find_backend() -> cgroups.Backend:
    try:
        return cgroups.find_backend()
    except cgroups.Unavailable as error:
        return WatchBackend(str(error))


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
        self._warm: dict[str, Warm] = {}
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
        warm: Warm,
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

    def _warm_for(self, name: str) -> Warm:
        with self._lock:
            if name not in self._warm:
                runtime = load(name)
                runtime.require_built()
                self._warm[name] = Warm(runtime, self.backend, self.jail_root, self._accepted_gaps)
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
