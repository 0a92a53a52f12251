"""The service's side of a zygote: starting it, and having it fork runs that wait for code."""

import contextlib
import dataclasses
import itertools
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from sandbox import gpu
from sandbox.cgroups import Backend, Group
from sandbox.model import Limits, SandboxError
from sandbox.runtime import Runtime

INSIDE = Path(__file__).parent / "inside"
ID_BASE = 2_000_000_000  # above what systemd and shadow hand out
START_SECONDS = 120.0
GROWTH = 1.5
PREPARE_SECONDS = 20.0
THREADS = "1"
"""Of each numeric library in a run. Two threads of one run spin against those of another as soon
as processors are few, which made ten steps of Adam twice as slow; and one adds in one order.
"""
_serial = itertools.count()


class ZygoteDied(SandboxError):
    """The zygote is gone or does not answer; another must be started."""


def _environment(library_path: str | None, runtime: Runtime) -> dict[str, str]:
    """Return everything a run finds in its environment; nothing of the service's."""
    folders = [library_path] if library_path else []
    if runtime.gpu:
        folders += gpu.library_folders()
    return {
        "OMP_NUM_THREADS": THREADS,
        "MKL_NUM_THREADS": THREADS,
        "NUMEXPR_NUM_THREADS": THREADS,
        "OPENBLAS_NUM_THREADS": THREADS,  # more would start when numpy is imported
        **({"LD_LIBRARY_PATH": ":".join(folders)} if folders else {}),
        "TF_NUM_INTRAOP_THREADS": THREADS,
        "TF_NUM_INTEROP_THREADS": THREADS,
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "TF_ENABLE_ONEDNN_OPTS": "0",  # its kernels round differently from run to run
        "CUDA_VISIBLE_DEVICES": "0" if runtime.gpu else "-1",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": "/tmp",  # noqa: S108 - the jail's own
        "HOME": "/work",
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _interpreter() -> tuple[str, list[tuple[str, str]], str | None]:
    """Return the interpreter's path in the jail, the binds it needs, and its library path."""
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    if sys.base_prefix == "/usr":
        return f"/usr/bin/{name}", [(f"/usr/bin/{name}", f"/usr/bin/{name}")], None
    return f"/python/bin/{name}", [(sys.base_prefix, "/python")], "/python/lib"


@dataclasses.dataclass(kw_only=True)
class Child:
    """A forked, jailed process that waits for its code on standard input."""

    control: socket.socket
    stdin: int | None
    stdout: int
    stderr: int
    group: Group
    process: int  # a descriptor of the run's init

    def kill(self) -> None:
        """End every process of the run: by its control group, and by its namespace's init."""
        self.group.kill()
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.process, signal.SIGKILL)

    def close_stdin(self) -> None:
        """Say that the code is whole. A number closed twice may be somebody else's by then."""
        if self.stdin is not None:
            os.close(self.stdin)
            self.stdin = None

    def close(self) -> None:
        """Kill what is left, close every descriptor and remove the control group."""
        self.kill()
        self.close_stdin()
        os.close(self.stdout)
        os.close(self.stderr)
        _wait_until_gone(self.process)
        os.close(self.process)
        self.control.close()
        self.group.remove()


def _wait_until_gone(process: int) -> None:
    select.select([process], [], [], 5.0)


class Zygote:
    """One interpreter with a runtime's libraries imported, in a jail, forking on demand."""

    def __init__(self, runtime: Runtime, backend: Backend, root: Path) -> None:
        runtime.require_built()
        if runtime.gpu:
            gpu.require(runtime.name)
        self.runtime = runtime
        self.forks = 0
        self._backend = backend
        self._distinct_uids = os.geteuid() == 0
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the zygote
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        interpreter, binds, library_path = _interpreter()
        specification = {
            "control": theirs.fileno(),
            "root": str(root),
            "interpreter": interpreter,
            "binds": [
                *binds,
                (str(runtime.site_packages), "/runtime/site-packages"),
                (str(INSIDE), "/harness/sandbox/inside"),
                *((folder, folder) for folder in gpu.library_folders() if runtime.gpu),
            ],
            "devices": gpu.device_nodes() if runtime.gpu else [],
            "site_packages": "/runtime/site-packages",
            "preload": list(runtime.preload),
            "after_import": runtime.after_import,
            "warm_up": runtime.warm_up,
            "environment": _environment(library_path, runtime),
            "id_base": ID_BASE,
            "distinct_uids": self._distinct_uids,
        }
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-s",
                "-S",
                "-B",
                "-m",
                "sandbox.inside.launch",
                json.dumps(specification),
            ],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            pass_fds=[theirs.fileno()],
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            cwd=INSIDE.parent.parent,
        )
        theirs.close()
        self.about = self._wait_until_ready()

    def _wait_until_ready(self) -> dict[str, Any]:
        self._control.settimeout(START_SECONDS)
        try:
            message = self._control.recv(65536)
        except OSError as error:
            self.stop()
            raise ZygoteDied(f"{self.runtime.name}: the zygote did not start: {error}") from error
        if not message:
            said = self._last_words()
            self.stop()
            raise ZygoteDied(f"{self.runtime.name}: the zygote did not start:\n{said}")
        about: dict[str, Any] = json.loads(message)
        return about

    def _last_words(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(2)
        self._log.seek(0)
        return self._log.read().decode("utf-8", "replace")[-4000:].strip()

    def prepare(self, limits: Limits, *, is_warmed_up: bool) -> Child:
        """Fork a run and wait until it is jailed; it warms up and reads its standard input.

        Raises ZygoteDied when the zygote is gone, SandboxError when a layer refused.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        ours.settimeout(PREPARE_SECONDS)
        (stdin_reader, stdin), (stdout, stdout_writer), (stderr, stderr_writer) = (
            os.pipe2(os.O_CLOEXEC) for _ in range(3)
        )
        order = {
            "slot": next(_serial) % 50_000,
            "is_warmed_up": is_warmed_up,
            "disk_bytes": limits.disk_bytes,
            "disk_inodes": limits.disk_inodes,
            "artifact_count": limits.artifact_count,
            "artifact_bytes": limits.artifact_bytes,
        }
        inner = [theirs.fileno(), stdin_reader, stdout_writer, stderr_writer]
        try:
            socket.send_fds(self._control, [json.dumps(order).encode()], inner)
        except OSError as error:
            for descriptor in (stdin, stdout, stderr):
                os.close(descriptor)
            ours.close()
            raise ZygoteDied(f"{self.runtime.name}: the zygote is gone: {error}") from error
        finally:
            theirs.close()
            for descriptor in (stdin_reader, stdout_writer, stderr_writer):
                os.close(descriptor)
        self.forks += 1
        return self._admit(ours, stdin, stdout, stderr)

    def _admit(self, control: socket.socket, stdin: int, stdout: int, stderr: int) -> Child:
        """Put the new process into a control group of its own and wait for its layers."""
        try:
            pid = self._receive_pid(control)
            process = os.pidfd_open(pid)
        except OSError as error:
            for descriptor in (stdin, stdout, stderr):
                os.close(descriptor)
            control.close()
            raise ZygoteDied(f"{self.runtime.name}: a fork did not answer: {error}") from error
        group = self._backend.make_group()
        child = Child(
            control=control, stdin=stdin, stdout=stdout, stderr=stderr, group=group, process=process
        )
        try:
            group.add(pid)
            control.send(b"joined")
            answer = json.loads(control.recv(65536) or b"{}")
            if not answer.get("ready"):
                raise SandboxError(
                    f"{self.runtime.name}: a run could not be jailed:\n{answer.get('internal', '')}"
                )
        except (OSError, ValueError) as error:
            child.close()
            raise ZygoteDied(f"{self.runtime.name}: a fork went away: {error}") from error
        except SandboxError:
            child.close()
            raise
        return child

    @staticmethod
    def _receive_pid(control: socket.socket) -> int:
        """Return the sender's process id as this namespace counts; the kernel vouches for it."""
        size = struct.calcsize("3i")
        _, ancillary, _, _ = control.recvmsg(64, socket.CMSG_SPACE(size))
        for level, kind, data in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
                pid, _, _ = struct.unpack("3i", data[:size])
                return int(pid)
        raise OSError("no credentials came")

    def has_grown(self) -> bool:
        """Say whether it holds much more than when it was ready; it should never."""
        pid = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        try:
            child = pid.read_text(encoding="ascii").split()[0]
            pages = int(Path(f"/proc/{child}/statm").read_text(encoding="ascii").split()[1])
        except (OSError, IndexError):
            return False  # gone, which is_alive tells
        return pages * os.sysconf("SC_PAGE_SIZE") > GROWTH * int(self.about["memory_bytes"])

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def outlives(self, seconds: float) -> bool:
        """Wait for its end that long; say whether it did not come."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return True
        return False

    def stop(self) -> None:
        """End the zygote, and with its pid namespace everything it forked."""
        self._control.close()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
