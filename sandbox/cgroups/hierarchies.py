"""Where control groups are mounted, and names and ends of those that runs get."""

import contextlib
import itertools
import os
import time
from pathlib import Path

from sandbox.model import SandboxError

_counter = itertools.count(1)
REMOVE_PATIENCE_SECONDS = 2.0
SWEEP_PATIENCE_SECONDS = 0.2


def own_paths() -> dict[str, str]:
    """Return this process's group by controller; the unified hierarchy is ''."""
    lines = Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines()
    parts = (line.split(":", 2) for line in lines)
    return {name: path for _, names, path in parts for name in names.split(",")}


def mounts() -> list[tuple[str, str, set[str]]]:
    """Return (mount point, kind, super options) of every mounted control-group hierarchy."""
    found = []
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        left, _, right = line.partition(" - ")
        kind, _, options = right.split(" ", 2)
        if kind in {"cgroup", "cgroup2"}:
            found.append((left.split()[4], kind, set(options.split(","))))
    return found


def remove(folder: Path, patience_seconds: float = REMOVE_PATIENCE_SECONDS) -> None:
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


def sweep(parent: Path) -> None:
    """Remove groups that an earlier service, which is gone, left behind."""
    for folder in parent.glob("run-*-*-*"):
        _, pid, start, *_ = folder.name.split("-")
        if start != start_of(pid):
            with contextlib.suppress(OSError):
                (folder / "cgroup.kill").write_text("1", encoding="ascii")
            with contextlib.suppress(SandboxError):
                remove(folder, SWEEP_PATIENCE_SECONDS)


def start_of(pid: int | str) -> str | None:
    """Return when a process started, in ticks since the boot; None where there is none.

    In a container the next service has the number that the last one had.
    """
    try:
        about = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return about.rpartition(")")[2].split()[19]


def new_name() -> str:
    return f"run-{os.getpid()}-{start_of(os.getpid())}-{next(_counter)}"
