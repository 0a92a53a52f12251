"""The layers of the sandbox, each proven by an attempt to break it.

Invariant: no run starts on a zygote whose layers were not all found in place, but for
gaps that the operator accepted by name. `Pool` holds it.
"""

import json
from collections.abc import Callable
from pathlib import Path

from sandbox.cgroups import Backend
from sandbox.model import Limits, Request, Result, SandboxError, Verdict
from sandbox.watching import WatchBackend

PROBE = Path(__file__).with_name("probe.py")
OK = "ok"
KNOWN = frozenset({
    "user namespace", "pid namespace", "read-only root", "nosuid and nodev", "restricted proc",
    "network", "host name", "cgroup namespace", "capabilities", "no new privileges", "seccomp",
    "landlock", "descriptors", "cgroup",
})  # fmt: skip


class LayerMissing(SandboxError):
    """This machine lacks a layer of the sandbox, and the gap was not accepted by name."""


def probe_request(runtime: str) -> Request:
    return Request(code=PROBE.read_text(encoding="utf-8"), runtime=runtime)


def read_probe(result: Result, backend: Backend) -> dict[str, str]:
    """Return layer → "ok" or what is wrong with it."""
    if result.verdict is not Verdict.OK:
        raise SandboxError(f"the probe of the layers failed: {result.reason}\n{result.stderr}")
    layers: dict[str, str] = json.loads(result.stdout)
    layers["cgroup"] = backend.why if isinstance(backend, WatchBackend) else OK
    return layers


def require(layers: dict[str, str], accepted_gaps: frozenset[str]) -> None:
    """Raise LayerMissing for a layer that is not in place and not accepted."""
    for name, state in layers.items():
        if state != OK and name not in accepted_gaps:
            raise LayerMissing(
                f"layer {name!r} is not in place ({state}); no code is run. docs/sandbox.md says "
                f"what it needs; to run without it, accept the gap: ZHIYAN_ACCEPT_GAPS={name}"
            )


# Attempts that no single process can judge: the verdict is the proof.
ATTEMPTS: dict[str, tuple[str, Verdict, str]] = {
    "wall time": ("while True: pass", Verdict.TIMEOUT, ""),
    "memory": ("kept = []\nwhile True: kept.append(bytearray(10 ** 7))", Verdict.MEMORY, ""),
    "processes": (
        """
import os, time
try:
    while True:
        if os.fork() == 0: time.sleep(60)
except BlockingIOError: print('refused')
""",
        Verdict.OK,
        "refused\n",
    ),
    "output": ("while True: print('x' * 1000)", Verdict.OUTPUT, ""),
    "disk": (
        """
try:
    with open('/work/x', 'wb') as file:
        while True: file.write(bytes(10 ** 6))
except OSError: print('refused')
""",
        Verdict.OK,
        "refused\n",
    ),
}


def attempt_all(run: Callable[[Request], Result], runtime: str) -> dict[str, str]:
    """Run every attempt; return its name → "ok" or what happened instead."""
    states = {}
    for name, (code, verdict, stdout) in ATTEMPTS.items():
        # Others come to their own limit, on a slow machine late.
        seconds = 3.0 if verdict is Verdict.TIMEOUT else 30.0
        limits = Limits(wall_seconds=seconds, cpu_seconds=2 * seconds, memory_bytes=256 * 2**20)
        result = run(Request(code=code, runtime=runtime, limits=limits))
        is_held = result.verdict is verdict and (not stdout or result.stdout == stdout)
        states[name] = OK if is_held else f"verdict {result.verdict}: {result.reason}"
    return states
