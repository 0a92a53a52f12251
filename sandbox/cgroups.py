"""Control groups: what one run may use together, and what it did use.

Version 2 where it has the controllers, version 1 where those own them. Where
neither can be written there is `sandbox.watching`.
"""

import contextlib
import dataclasses
import errno
import itertools
import os
import time
from pathlib import Path
from typing import Protocol

from sandbox.model import Limits, SandboxError

_counter = itertools.count(1)
REMOVE_PATIENCE_SECONDS = 2.0
SWEEP_PATIENCE_SECONDS = 0.2
DIVIDE_ATTEMPTS = 100


class Unavailable(SandboxError):
    """No control group can be made here; the message says why."""


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


def find_backend() -> Backend:
    """Return the best backend this process may use; raise Unavailable where there is none."""
    reasons = []
    for kind in (Version2, Version1):
        try:
            return kind.find()
        except OSError as error:  # without its path: readers see this on the status page
            reasons.append(f"{kind.name}: {error.strerror or error}")
    raise Unavailable(
        f"no control group can be made here ({'; '.join(reasons)}); systemd gives one to a service "
        "or a scope with Delegate=yes"
    )


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


def _is_kept_by_systemd(folder: Path) -> bool:
    """Say whether systemd marked the group as a unit's, but not as delegated.

    It may be writable all the same, but the first run to use up its memory would end the unit.
    A user's own manager (252) leaves no marks: its units are not found out by this.
    """
    try:
        marks = os.listxattr(folder)
    except OSError:
        return False
    return "user.invocation_id" in marks and "user.delegate" not in marks


def _remove(folder: Path, patience_seconds: float = REMOVE_PATIENCE_SECONDS) -> None:
    """Remove an empty group; the kernel may need a moment after its last process ended."""
    deadline = time.monotonic() + patience_seconds
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
    for folder in parent.glob("run-*-*-*"):
        _, pid, start, *_ = folder.name.split("-")
        if start != _start_of(pid):
            with contextlib.suppress(OSError):
                (folder / "cgroup.kill").write_text("1", encoding="ascii")
            with contextlib.suppress(SandboxError):
                _remove(folder, SWEEP_PATIENCE_SECONDS)


def _start_of(pid: int | str) -> str | None:
    """Return when a process started, in ticks since the boot; None where there is none.

    In a container the next service has the number that the last one had.
    """
    try:
        about = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return about.rpartition(")")[2].split()[19]


def _new_name() -> str:
    return f"run-{os.getpid()}-{_start_of(os.getpid())}-{next(_counter)}"


class Version2:
    """The unified hierarchy, in a group that this process may divide."""

    name = "cgroup v2"
    # Processor time is counted in every group, and a user's session often has no cpu controller.
    CONTROLLERS = ("memory", "pids")
    LEAF, RUNS = "zhiyan-service", "zhiyan-runs"

    def __init__(self, parent: Path) -> None:
        self._parent = parent

    @classmethod
    def find(cls) -> "Version2":
        own = _own_paths().get("", "/").lstrip("/")
        refusal = OSError("not mounted")
        for point, kind, _ in _mounts():
            if kind == "cgroup2":
                try:
                    return cls(cls._divide(Path(point) / own))
                except OSError as error:
                    refusal = error
        raise refusal

    @classmethod
    def _divide(cls, own: Path) -> Path:
        """Return a group that may hold runs, with the controllers on for its children.

        A process started by one that an earlier service moved is in that one's leaf.
        """
        if own.name == cls.LEAF:
            own = own.parent
        available = (own / "cgroup.controllers").read_text(encoding="ascii").split()
        if missing := sorted(set(cls.CONTROLLERS) - set(available)):
            raise OSError(f"controllers missing: {', '.join(missing)}")
        if _is_kept_by_systemd(own):
            raise OSError("systemd keeps this group to itself")
        runs = own / cls.RUNS
        runs.mkdir(exist_ok=True)
        for folder in (own, runs):
            cls._turn_on(folder)
        _sweep(runs)
        return runs

    @classmethod
    def _turn_on(cls, folder: Path) -> None:
        """Turn the controllers on for the group's children.

        Busy is a group with processes of its own (but for the machine's root): they move to
        a leaf, this process among them, and again where one forked meanwhile.
        """
        switch = " ".join(f"+{controller}" for controller in cls.CONTROLLERS)
        leaf = folder / cls.LEAF
        for attempt in range(DIVIDE_ATTEMPTS):
            try:
                (folder / "cgroup.subtree_control").write_text(switch, encoding="ascii")
            except OSError as error:
                if error.errno != errno.EBUSY or attempt == DIVIDE_ATTEMPTS - 1:
                    raise
            else:
                return
            leaf.mkdir(exist_ok=True)
            for pid in (folder / "cgroup.procs").read_text(encoding="ascii").split():
                with contextlib.suppress(ProcessLookupError):  # it ended
                    (leaf / "cgroup.procs").write_text(pid, encoding="ascii")

    def make_group(self) -> Group:
        folder = self._parent / _new_name()
        folder.mkdir()
        return _Group2(folder)


class _Group2:
    is_enforced = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._most = 0

    def _write(self, name: str, value: object) -> None:
        (self._folder / name).write_text(str(value), encoding="ascii")

    def _table(self, name: str) -> dict[str, int]:
        lines = (self._folder / name).read_text(encoding="ascii").splitlines()
        return {key: int(value) for key, value in (line.split() for line in lines)}

    def add(self, pid: int) -> None:
        self._write("cgroup.procs", pid)

    def limit(self, limits: Limits) -> None:
        self._write("memory.max", limits.memory_bytes)
        with contextlib.suppress(OSError):  # no swap accounting: no swap to use up
            self._write("memory.swap.max", 0)
        self._write("pids.max", limits.processes)

    def usage(self) -> Usage:
        try:
            most = int((self._folder / "memory.peak").read_text(encoding="ascii"))
        except FileNotFoundError:  # before Linux 5.19: the most that any look saw
            most = int((self._folder / "memory.current").read_text(encoding="ascii"))
        self._most = max(self._most, most)
        return Usage(
            cpu_seconds=self._table("cpu.stat")["usage_usec"] / 1e6,
            memory_bytes=self._most,
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
    def find(cls) -> "Version1":
        own = _own_paths()
        parents = {}
        for point, kind, options in _mounts():
            for controller in set(cls.CONTROLLERS) & options if kind == "cgroup" else ():
                parents[controller] = Path(point) / own.get(controller, "/").lstrip("/") / "zhiyan"
        if missing := sorted(set(cls.CONTROLLERS) - set(parents)):
            raise OSError(f"controllers missing: {', '.join(missing)}")
        for parent in parents.values():
            parent.mkdir(exist_ok=True)
            _sweep(parent)
            probe = parent / f"probe-{os.getpid()}"
            probe.mkdir()
            probe.rmdir()
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
