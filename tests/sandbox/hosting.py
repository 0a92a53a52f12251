"""Start the real sandbox service, as root or as an ordinary user, for tests."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from sandbox import Client, SandboxError

ROOT = Path(__file__).resolve().parent.parent.parent
# Becomes the user, with the interpreter bound where the user can reach it: it may
# lie in root's home. A mount namespace of its own keeps that from the machine.
AS_USER = """
import ctypes, os, sys
uid, prefix, place, arguments = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:]
libc = ctypes.CDLL(None, use_errno=True)
def check(result):
    if result: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
check(libc.unshare(0x20000))
check(libc.mount(None, b"/", None, 0x44000, None))
check(libc.mount(prefix.encode(), place.encode(), None, 0x5000, None))
os.setgroups([]); os.setresgid(uid, uid, uid); os.setresuid(uid, uid, uid)
os.environ["LD_LIBRARY_PATH"] = place + "/lib"
python = f"{place}/bin/python{sys.version_info[0]}.{sys.version_info[1]}"
os.execv(python, [python, "-B", *arguments])
"""
ORDINARY_UID = 61234


@contextlib.contextmanager
def running_service(folder: Path, *, as_user: bool, slots: int = 2) -> Iterator["Host"]:
    """Run `python -m sandbox serve` in `folder` until the block is left."""
    socket_path = folder / "sandbox.sock"
    arguments = ["-m", "sandbox", "serve", "--socket", str(socket_path), "--slots", str(slots)]
    environment = {
        "PATH": "/usr/bin:/bin",
        "ZHIYAN_VAR": str(folder / "var"),
        "SECRET_KEY": f"zhiyan-planted-{secrets.token_hex(16)}",  # what a run must never see
    }
    if as_user:
        place = folder / "python"
        place.mkdir()
        (folder / "var").mkdir()
        for path in (folder, folder / "var"):
            os.chown(path, ORDINARY_UID, ORDINARY_UID)
        command = [sys.executable, "-c", AS_USER, str(ORDINARY_UID), sys.base_prefix, str(place)]
    else:
        command = [sys.executable]
    if as_user or os.geteuid() != 0:
        environment["ZHIYAN_ACCEPT_GAPS"] = "cgroup"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *arguments], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            client = Client(socket_path)
            _wait_until_it_answers(client, process, folder / "log")
            yield Host(client, process, folder)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


class Host:
    """A running service: its client, its process and where it lives."""

    def __init__(self, client: Client, process: subprocess.Popen[bytes], folder: Path) -> None:
        self.client = client
        self.process = process
        self.folder = folder

    def processes(self) -> list[int]:
        """Return every process below the service."""
        found: list[int] = []
        frontier = [self.process.pid]
        while frontier:
            parent = frontier.pop()
            with contextlib.suppress(OSError):
                for task in Path(f"/proc/{parent}/task").iterdir():
                    children = [int(pid) for pid in (task / "children").read_text().split()]
                    found += children
                    frontier += children
        return found

    def control_groups(self) -> list[str]:
        """Return the control groups of this service's runs, waiting ones included."""
        name = f"run-{self.process.pid}-"
        # os.walk passes over what vanishes under it.
        return [
            f"{parent}/{folder}"
            for parent, folders, _ in os.walk("/sys/fs/cgroup")
            for folder in folders
            if folder.startswith(name)
        ]


def _wait_until_it_answers(client: Client, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(SandboxError):
            client.status()
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError(f"the service did not start:\n{log.read_text()}")
