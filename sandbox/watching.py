"""Watching the processes of a run where no control group can be made.

Slower and less exact than the kernel's own accounting: a named gap, which the
settings must accept.
"""

import contextlib
import os
from pathlib import Path

from sandbox.cgroups import Group, Usage
from sandbox.model import Limits


class WatchBackend:
    """No group may be made here: look at the processes instead."""

    name = "watch"

    def __init__(self, why: str) -> None:
        self.why = why

    def make_group(self) -> Group:
        return _WatchedProcesses()


class _WatchedProcesses:
    """Processes below the run's init, as /proc shows them; limits by RLIMIT where one exists."""

    is_enforced = False

    def __init__(self) -> None:
        self._init = 0
        self._limits = Limits()
        self._most = 0
        self._cpu_seconds: dict[int, float] = {}
        self._shared: dict[int, int] = {}

    def add(self, pid: int) -> None:
        self._init = pid

    def limit(self, limits: Limits) -> None:
        self._limits = limits

    def usage(self) -> Usage:
        tick = os.sysconf("SC_CLK_TCK")
        total = 0
        for pid in self._descendants():
            with contextlib.suppress(OSError, ValueError, IndexError, StopIteration):
                fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
                user, system = fields.split()[11:13]
                self._cpu_seconds[pid] = (int(user) + int(system)) / tick
                total += _private_bytes(pid)
        if not _has_memory(self._init):
            total = 0  # dying, and what the run shares with its init now looks like its own
        self._most = max(self._most, total)
        return Usage(
            cpu_seconds=sum(self._cpu_seconds.values()),
            memory_bytes=self._most,
            out_of_memory=total > self._limits.memory_bytes,
        )

    def _descendants(self) -> list[int]:
        found: list[int] = []
        frontier = [self._init]
        while frontier:
            parent = frontier.pop()
            with contextlib.suppress(OSError):
                for task in Path(f"/proc/{parent}/task").iterdir():
                    children = (task / "children").read_text(encoding="ascii").split()
                    frontier += map(int, children)
                    found += map(int, children)
        return found

    def kill(self) -> None:
        pass

    def remove(self) -> None:
        pass


def _has_memory(pid: int) -> bool:
    """Say whether a process still holds its memory, which it lets go of before its end is seen."""
    try:
        return Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[0] != "0"
    except OSError:
        return False


def _private_bytes(pid: int) -> int:
    """Return the memory that would be free without this process."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
