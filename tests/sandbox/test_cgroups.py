"""Control groups of version 2, on a tree of plain files that answers as the kernel does.

The real ones are tried by `tests/sandbox/vm/`.
"""

import errno
import os
from pathlib import Path

import pytest

from sandbox.cgroups import Unavailable, find_backend, hierarchies
from sandbox.model import Limits

MIB = 2**20


class Tree:
    """A group, /zhiyan.service, with processes in it."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.own = root / "zhiyan.service"
        self.is_machines_root = False
        self._write = Path.write_text
        self.make(self.own, controllers="cpuset memory pids", processes="10\n11\n")
        monkeypatch.setattr(Path, "write_text", lambda path, text, **_: self.write(path, text))
        monkeypatch.setattr(
            hierarchies, "mounts", lambda: [(str(root), "cgroup2", set()), ("/x", "cgroup", set())]
        )
        self.be_in("/zhiyan.service", monkeypatch)

    @staticmethod
    def be_in(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(hierarchies, "own_paths", lambda: {"": path})

    def make(self, folder: Path, *, controllers: str = "memory pids", processes: str = "") -> None:
        folder.mkdir(exist_ok=True)
        self._write(folder / "cgroup.controllers", controllers)
        self._write(folder / "cgroup.procs", processes)
        self._write(folder / "cgroup.subtree_control", "")

    def write(self, path: Path, text: str) -> None:
        """Do what the kernel does: move processes, and refuse controllers to a group with some."""
        if path.name == "cgroup.procs":
            for other in self.root.rglob("cgroup.procs"):
                self._write(
                    other, "".join(f"{p}\n" for p in other.read_text().split() if p != text)
                )
            text = (path.read_text() if path.exists() else "") + f"{text}\n"
        if path.name == "cgroup.subtree_control" and not self.is_machines_root:
            held = path.with_name("cgroup.procs")
            if held.exists() and held.read_text().split():
                raise OSError(errno.EBUSY, "Device or resource busy")
        self._write(path, text)

    def read(self, name: str) -> str:
        return (self.own / name).read_text()


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    return Tree(tmp_path, monkeypatch)


def test_a_group_with_processes_is_divided_once_they_moved_to_a_leaf(tree):
    find_backend()

    assert tree.read("cgroup.procs") == ""
    assert tree.read("zhiyan-service/cgroup.procs").split() == ["10", "11"]
    assert tree.read("cgroup.subtree_control") == "+memory +pids"
    assert tree.read("zhiyan-runs/cgroup.subtree_control") == "+memory +pids"


def test_a_service_restarted_in_the_leaf_divides_the_same_group(tree, monkeypatch):
    find_backend()
    tree.be_in("/zhiyan.service/zhiyan-service", monkeypatch)
    tree.make(tree.own / "zhiyan-service", processes="12\n")

    find_backend()

    assert sorted(path.name for path in tree.own.rglob("zhiyan-*")) == [
        "zhiyan-runs",
        "zhiyan-service",
    ]


def test_the_machines_root_group_keeps_its_processes(tree):
    tree.is_machines_root = True

    find_backend()

    assert tree.read("cgroup.procs").split() == ["10", "11"]


def test_what_is_missing_is_named_with_the_remedy(tree):
    tree.make(tree.own, controllers="cpu pids")

    with pytest.raises(Unavailable, match=r"v2: controllers missing: memory;.*Delegate=yes"):
        find_backend()


@pytest.mark.parametrize(
    ("marks", "is_kept"),
    [([], False), (["user.invocation_id"], True), (["user.delegate", "user.invocation_id"], False)],
)
def test_a_unit_that_systemd_did_not_delegate_is_left_alone(tree, monkeypatch, marks, is_kept):
    monkeypatch.setattr(os, "listxattr", lambda _: marks)

    if is_kept:
        with pytest.raises(Unavailable, match=r"v2: systemd keeps this group.*Delegate=yes"):
            find_backend()
    else:
        find_backend()
    assert (tree.own / "zhiyan-runs").exists() is not is_kept


def test_groups_of_a_service_that_is_gone_are_swept(tree):
    runs = tree.own / "zhiyan-runs"
    start = hierarchies.start_of(os.getpid())
    gone = runs / f"run-{os.getpid()}-1-1"  # this process's number, but not its start
    living = runs / f"run-{os.getpid()}-{start}-1"
    for folder in (gone, living):
        folder.mkdir(parents=True)

    hierarchies.sweep(runs)

    assert living.exists()
    # What tmpfs keeps and the kernel does not: the switch that ends what is left in it.
    assert [path.name for path in gone.iterdir()] == ["cgroup.kill"]


def test_limits_are_written_where_the_kernel_reads_them(tree):
    group = find_backend().make_group()

    group.limit(Limits(memory_bytes=64 * MIB, processes=7))

    (folder,) = (tree.own / "zhiyan-runs").glob(f"run-{os.getpid()}-*")
    written = {path.name: path.read_text() for path in folder.iterdir()}
    assert written == {
        "memory.max": str(64 * MIB),
        "memory.swap.max": "0",
        "pids.max": "7",
    }


@pytest.mark.parametrize("has_peak", [True, False])
def test_memory_is_the_most_at_a_time_on_kernels_that_do_not_say_so_too(tree, has_peak):
    group = find_backend().make_group()
    (folder,) = (tree.own / "zhiyan-runs").glob("run-*")
    (folder / "cpu.stat").write_text("usage_usec 1500000\nuser_usec 1\n")
    (folder / "memory.events").write_text("low 0\noom 1\noom_kill 1\n")

    def look(now: int) -> int:
        (folder / "memory.current").write_text(f"{now}\n")
        if has_peak:
            (folder / "memory.peak").write_text(f"{300 * MIB}\n")
        return group.usage().memory_bytes

    assert [look(now * MIB) // MIB for now in (100, 200, 50)] == (
        [300, 300, 300] if has_peak else [100, 200, 200]
    )
    assert group.usage().cpu_seconds == 1.5
    assert group.usage().out_of_memory
