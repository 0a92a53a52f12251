"""Control groups of version 1: a hierarchy a controller."""

import contextlib
import os
from pathlib import Path

from sandbox.cgroups import hierarchies
from sandbox.cgroups.model import Group, Usage
from sandbox.model import Limits


class Version1:
    """One hierarchy a controller; the run gets a group of one name in each."""

    name = "cgroup v1"
    CONTROLLERS = ("memory", "pids", "cpuacct")

    def __init__(self, parents: dict[str, Path]) -> None:
        self._parents = parents

    @classmethod
    def find(cls) -> "Version1":
        own = hierarchies.own_paths()
        parents = {}
        for point, kind, options in hierarchies.mounts():
            for controller in set(cls.CONTROLLERS) & options if kind == "cgroup" else ():
                parents[controller] = Path(point) / own.get(controller, "/").lstrip("/") / "zhiyan"
        if missing := sorted(set(cls.CONTROLLERS) - set(parents)):
            raise OSError(f"controllers missing: {', '.join(missing)}")
        for parent in parents.values():
            parent.mkdir(exist_ok=True)
            hierarchies.sweep(parent)
            probe = parent / f"probe-{os.getpid()}"
            probe.mkdir()
            probe.rmdir()
        return cls(parents)

    def make_group(self) -> Group:
        name = hierarchies.new_name()
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
            hierarchies.remove(folder)
