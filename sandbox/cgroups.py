"""Control groups: what one run may use together, and what it did use.

Version 2 where it has the controllers, version 1 where those own them. Where
neither can be written there is `sandbox.watching`.
"""

import contextlib
import dataclasses
import itertools
import os
import time
from pathlib import Path
from typing import Protocol

from sandbox.model import Limits, SandboxError

_counter = itertools.count(1)
REMOVE_PATIENCE_SECONDS = 2.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Usage:
    cpu_seconds: float
    memory_bytes: int  # the most at a time
    out_of_memory: bool


class Group(Protocol):
    """The processes of one run."""

    is_enforced: bool  # by the kernel; else each process limits itself as far as it can

    def add(self, pid: int) -> None: ...
    def limit(self, limits: Limits) -> None: ...
    def usage(self) -> Usage: ...
    def kill(self) -> None: ...
    def remove(self) -> None: ...


class Backend(Protocol):
    name: str

    def make_group(self) -> Group: ...


def find_backend() -> Backend | None:
    """Return the best backend this process may use, or None where it may make no group."""
    for kind in (Version2, Version1):
        backend = kind.find()
        if backend is not None:
            return backend
    return None


def _own_paths() -> dict[str, str]:
    """Return this process's group by controller; the unified hierarchy is ''."""
    lines = Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines()
    parts = (line.split(":", 2) for line in lines)
    return {name: path for _, names, path in parts for name in names.split(",")}


def _mounts() -> list[tuple[str, str, set[str]]]:
    """Return (mount point, kind, super options) of every mounted control-group hierarchy."""
    found = []
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        left, _, right = line.partition(" - ")
        kind, _, options = right.split(" ", 2)
        if kind in {"cgroup", "cgroup2"}:
            found.append((left.split()[4], kind, set(options.split(","))))
    return found


def _remove(folder: Path) -> None:
    """Remove an empty group; the kernel may need a moment after its last process ended."""
    deadline = time.monotonic() + REMOVE_PATIENCE_SECONDS
    while True:
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError as error:
            if time.monotonic() > deadline:
                raise SandboxError(f"control group {folder} is still busy: {error}") from error
            time.sleep(0.002)
        else:
            return


def _sweep(parent: Path) -> None:
    """Remove groups that an earlier service, which is gone, left behind."""
    for folder in parent.glob("run-*"):
        owner = folder.name.split("-")[1]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            with contextlib.suppress(OSError):
                folder.rmdir()


def _new_name() -> str:
    return f"run-{os.getpid()}-{next(_counter)}"


class Version2:
    """The unified hierarchy, in a group that this process may divide."""

    name = "cgroup v2"
    CONTROLLERS = ("cpu", "memory", "pids")

    def __init__(self, parent: Path) -> None:
        self._parent = parent

    @classmethod
    def find(cls) -> "Version2 | None":
        own = _own_paths().get("", "/").lstrip("/")
        for point, kind, _ in _mounts():
            if kind == "cgroup2":
                with contextlib.suppress(OSError):
                    return cls(cls._divide(Path(point) / own))
        return None

    @classmethod
    def _divide(cls, own: Path) -> Path:
        """Return a group that may hold runs, with the controllers on for its children.

        A group with processes of its own cannot have controllers on for its
        children, so this process moves to a leaf first.
        """
        available = (own / "cgroup.controllers").read_text(encoding="ascii").split()
        if not set(cls.CONTROLLERS) <= set(available):
            raise OSError("controllers missing")
        leaf, runs = own / "zhiyan-service", own / "zhiyan-runs"
        for folder in (leaf, runs):
            folder.mkdir(exist_ok=True)
        switch = " ".join(f"+{controller}" for controller in cls.CONTROLLERS)
        for pid in (own / "cgroup.procs").read_text(encoding="ascii").split():
            (leaf / "cgroup.procs").write_text(pid, encoding="ascii")
        for folder in (own, runs):
            (folder / "cgroup.subtree_control").write_text(switch, encoding="ascii")
        _sweep(runs)
        return runs

    def make_group(self) -> Group:
        folder = self._parent / _new_name()
        folder.mkdir()
        return _Group2(folder)


class _Group2:
    is_enforced = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _write(self, name: str, value: object) -> None:
        (self._folder / name).write_text(str(value), encoding="ascii")

    def _table(self, name: str) -> dict[str, int]:
        lines = (self._folder / name).read_text(encoding="ascii").splitlines()
        return {key: int(value) for key, value in (line.split() for line in lines)}

    def add(self, pid: int) -> None:
        self._write("cgroup.procs", pid)

    def limit(self, limits: Limits) -> None:
        self._write("memory.max", limits.memory_bytes)
        self._write("memory.oom.group", 1)
        with contextlib.suppress(OSError):  # no swap accounting: no swap to use up
            self._write("memory.swap.max", 0)
        self._write("pids.max", limits.processes)

    def usage(self) -> Usage:
        try:
            peak = int((self._folder / "memory.peak").read_text(encoding="ascii"))
        except FileNotFoundError:  # before Linux 5.19
            peak = int((self._folder / "memory.current").read_text(encoding="ascii"))
        return Usage(
            cpu_seconds=self._table("cpu.stat")["usage_usec"] / 1e6,
            memory_bytes=peak,
            out_of_memory=self._table("memory.events").get("oom_kill", 0) > 0,
        )

    def kill(self) -> None:
        with contextlib.suppress(OSError):
            self._write("cgroup.kill", 1)

    def remove(self) -> None:
        _remove(self._folder)


class Version1:
    """One hierarchy a controller; the run gets a group of one name in each."""

    name = "cgroup v1"
    CONTROLLERS = ("memory", "pids", "cpuacct")

    def __init__(self, parents: dict[str, Path]) -> None:
        self._parents = parents

    @classmethod
    def find(cls) -> "Version1 | None":
        own = _own_paths()
        parents = {}
        for point, kind, options in _mounts():
            for controller in set(cls.CONTROLLERS) & options if kind == "cgroup" else ():
                parents[controller] = Path(point) / own.get(controller, "/").lstrip("/") / "zhiyan"
        if set(parents) != set(cls.CONTROLLERS):
            return None
        try:
            for parent in parents.values():
                parent.mkdir(exist_ok=True)
                _sweep(parent)
                probe = parent / f"probe-{os.getpid()}"
                probe.mkdir()
                probe.rmdir()
        except OSError:
            return None
        return cls(parents)

    def make_group(self) -> Group:
        name = _new_name()
        folders = {controller: parent / name for controller, parent in self._parents.items()}
        for folder in folders.values():
            folder.mkdir()
        return _Group1(folders)


class _Group1:
    is_enforced = True

    def __init__(self, folders: dict[str, Path]) -> None:
        self._folders = folders

    def _write(self, controller: str, name: str, value: object) -> None:
        (self._folders[controller] / name).write_text(str(value), encoding="ascii")

    def _read(self, controller: str, name: str) -> str:
        return (self._folders[controller] / name).read_text(encoding="ascii")

    def add(self, pid: int) -> None:
        for controller in self._folders:
            self._write(controller, "cgroup.procs", pid)

    def limit(self, limits: Limits) -> None:
        self._write("memory", "memory.limit_in_bytes", limits.memory_bytes)
        with contextlib.suppress(OSError):  # no swap accounting: no swap to use up
            self._write("memory", "memory.memsw.limit_in_bytes", limits.memory_bytes)
        self._write("pids", "pids.max", limits.processes)

    def usage(self) -> Usage:
        killed = [
            line
            for line in self._read("memory", "memory.oom_control").splitlines()
            if line.startswith("oom_kill ") and line != "oom_kill 0"
        ]
        return Usage(
            cpu_seconds=int(self._read("cpuacct", "cpuacct.usage")) / 1e9,
            memory_bytes=int(self._read("memory", "memory.max_usage_in_bytes")),
            out_of_memory=bool(killed),
        )

    def kill(self) -> None:
        pass  # version 1 has no such switch; the run's pid namespace dies with its init

    def remove(self) -> None:
        for folder in self._folders.values():
            _remove(folder)
