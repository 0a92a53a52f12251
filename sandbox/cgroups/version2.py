"""Control groups of version 2: one hierarchy, of which a service gets a part to divide."""

import contextlib
import errno
import os
from pathlib import Path

from sandbox.cgroups import hierarchies
from sandbox.cgroups.model import Group, Usage
from sandbox.model import Limits

DIVIDE_ATTEMPTS = 100


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
        own = hierarchies.own_paths().get("", "/").lstrip("/")
        refusal = OSError("not mounted")
        for point, kind, _ in hierarchies.mounts():
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
        hierarchies.sweep(runs)
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
        folder = self._parent / hierarchies.new_name()
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
        hierarchies.remove(self._folder)
