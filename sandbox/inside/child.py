"""One run, from the fork to the end: its init, and the process that runs the user's code.

The init stays trusted: it makes the run's namespaces, waits, kills what the
user's code left behind, collects what it wrote, and alone speaks to the
supervisor. The user's code runs in its child, behind every layer, with nothing
open but standard input, output and error.
"""

import contextlib
import json
import mmap
import os
import random
import resource
import signal
import socket
import sys
import time
import traceback
from typing import Any, NoReturn

from sandbox.inside import collect, kernel, landlock, notebook, seccomp

FIRST_UID = 1000
READABLE = ["/"]
WRITABLE = ["/work", "/tmp", "/dev/shm", "/box/told"]
_SLEEPERS_STACK = mmap.mmap(-1, 16 * 1024)
DEVICES = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]


def be_init(
    order: dict[str, Any], descriptors: list[int], specification: dict[str, Any]
) -> NoReturn:
    control = socket.socket(fileno=descriptors[0])
    try:
        # The first message tells the supervisor this process's id, as its own
        # namespace counts; it answers when the control group holds us.
        control.send(b"{}")
        if control.recv(64) != b"joined":
            os._exit(0)
        kernel.unshare(
            kernel.CLONE_NEWNS
            | kernel.CLONE_NEWIPC
            | kernel.CLONE_NEWUTS
            | kernel.CLONE_NEWNET
            | kernel.CLONE_NEWCGROUP
        )
        uid = FIRST_UID + int(order["slot"]) if specification["distinct_uids"] else None
        _make_places(order, uid or 0)
        pid = os.fork()
        if pid == 0:
            control.close()
            warm_up = specification["warm_up"] if order["is_warmed_up"] else ""
            _be_runner(descriptors[1:], uid, warm_up, DEVICES + specification["devices"])
        for descriptor in descriptors[1:]:
            os.close(descriptor)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
        # To kill what runs under the run's own uid, and to read what that left.
        kernel.drop_privileges(None, keep=(kernel.CAP_KILL, kernel.CAP_DAC_READ_SEARCH))
        control.send(b'{"ready": true}')
        status = _wait_for(pid)
        _end_everything()
        collect.send_all(control, status, order)
        # Dying takes the kernel milliseconds, on the very processor where the supervisor is
        # about to read this: sleep until it lets go.
        with contextlib.suppress(OSError):
            control.recv(64)
    except BaseException:  # noqa: BLE001 - whatever it was, the supervisor must hear of it
        message = json.dumps({"internal": traceback.format_exc()[-4000:]})
        control.send(message.encode())
    os._exit(0)


def _make_places(order: dict[str, Any], uid: int) -> None:
    """Mount the run's own writable places and its own /proc."""
    kernel.mount(None, "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    flags = kernel.MS_NOSUID | kernel.MS_NODEV
    options = f"size={int(order['disk_bytes'])},nr_inodes={int(order['disk_inodes'])},mode=755"
    kernel.mount("tmpfs", "/box", "tmpfs", flags, options)
    for place, target in (("work", "/work"), ("tmp", "/tmp"), ("shm", "/dev/shm")):
        os.mkdir(f"/box/{place}", 0o700)
        os.chown(f"/box/{place}", uid, uid)
        kernel.mount(f"/box/{place}", target, None, kernel.MS_BIND)
        kernel.mount(None, target, None, kernel.MS_REMOUNT | kernel.MS_BIND | flags)
    # Where nothing but Landlock keeps the run from writing: by this it is seen.
    os.mkdir("/box/closed", 0o700)
    os.chown("/box/closed", uid, uid)
    # Apart from the rest, so that a full disk does not silence the reason.
    flags |= kernel.MS_NOEXEC
    os.mkdir("/box/told")
    owner = f"uid={uid},gid={uid},mode=700"
    kernel.mount("tmpfs", "/box/told", "tmpfs", flags, f"size=32m,nr_inodes=64,{owner}")
    kernel.mount("proc", "/proc", "proc", flags)
    kernel.set_hostname("sandbox")


def _be_runner(
    descriptors: list[int], uid: int | None, warm_up: str, devices: list[str]
) -> NoReturn:
    """Put on every layer, warm up, then read the user's bytes, then run them."""
    exit_code = 1
    try:
        os.setsid()
        os.chdir("/work")
        # The kernel, short of memory, takes the user's code and never its init.
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
        kernel.mount(
            None,
            "/proc",
            None,
            kernel.MS_REMOUNT
            | kernel.MS_BIND
            | kernel.MS_RDONLY
            | kernel.MS_NOSUID
            | kernel.MS_NODEV
            | kernel.MS_NOEXEC,
        )
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
        kernel.close_from(3)
        _reset_signals()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        kernel.drop_privileges(uid)
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        # Becoming another user closed /proc/self to its owner, which subprocess needs.
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
        if landlock.abi():  # where there is none, the probe names the gap
            landlock.restrict(readable=READABLE, writable=WRITABLE, devices=devices)
        seccomp.load()
        notebook.prepare(warm_up)
        _reseed(int.from_bytes(os.urandom(4), "little"))
        request = _read_request()
        _limit(request["limits"])
        if request["seed"] is not None:
            _reseed(request["seed"])
            _seed_tensorflow(request["seed"])
        if request["limits"]["is_grouped"]:  # who watches processes one by one would count it twice
            _leave_memory_for_later()
        exit_code = notebook.run(request)
    except BaseException:  # noqa: BLE001 - nothing may unwind into the zygote's frames
        traceback.print_exc()
    finally:
        os._exit(exit_code)


def _leave_memory_for_later() -> None:
    """Let another process have this one's memory too, and free it.

    The kernel reports an end only when the memory is freed, which takes longer than most
    snippets; unless somebody else has it still.
    """
    with contextlib.suppress(OSError):
        kernel.share_memory(_SLEEPERS_STACK)


def _read_request() -> dict[str, Any]:
    chunks = []
    while chunk := os.read(0, 1 << 16):
        chunks.append(chunk)
    if not chunks:
        os._exit(0)  # the supervisor changed its mind about this child
    nothing = os.open("/dev/null", os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    request: dict[str, Any] = json.loads(b"".join(chunks))
    return request


def _reset_signals() -> None:
    """Handle signals as a new interpreter does, whatever a preloaded library changed."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        # The C library keeps the two lowest real-time signals for itself.
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_IGN)


def _limit(limits: dict[str, Any]) -> None:
    files = int(limits["open_files"])
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    size = int(limits["disk_bytes"])
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    cpu = int(limits["cpu_seconds"]) + 1  # the control group counts exactly and sooner
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    if not limits["is_grouped"]:  # nothing but these holds memory and processes
        with open("/proc/self/status") as file:
            own = next(int(line.split()[1]) for line in file if line.startswith("VmData:"))
        size = own * 1024 + int(limits["memory_bytes"])
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))
        processes = int(limits["processes"])
        resource.setrlimit(resource.RLIMIT_NPROC, (processes, processes))


def _reseed(seed: int) -> None:
    """Give the run random numbers of its own: a fork repeats its parent's otherwise."""
    random.seed(seed)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(seed % 2**32)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(seed)


def _seed_tensorflow(seed: int) -> None:
    """Set TensorFlow's global seed, which by being set changes what operations with a seed draw.

    Without one it draws its own in each process, at first use and so after the fork.
    """
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is not None:
        tensorflow.random.set_seed(seed)


def _wait_for(pid: int) -> int:
    """Reap whatever ends in this namespace until the user's own process does."""
    while True:
        ended, status = os.waitpid(-1, 0)
        if ended == pid:
            return status


def _end_everything() -> None:
    """Kill every other process of the namespace; return when none can do anything any more.

    Only then is the tree at rest, and only then may files be looked at. A process that was
    killed has left its program for good as soon as it has no memory.
    """
    while True:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not any(_has_memory(pid) for pid in os.listdir("/proc") if pid.isdecimal()):
            return
        time.sleep(0.0001)


def _has_memory(pid: str) -> bool:
    """Say whether any thread of another process can still run its program."""
    if pid == "1":  # this one
        return False
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/statm") as file:
                if not file.read().startswith("0 "):
                    return True
    except OSError:  # it is gone
        return False
    return False
