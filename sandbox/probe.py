"""Run inside the sandbox: attempt to break each layer and print what came of it.

Source for `sandbox.layers`; not imported. Prints one JSON object, layer → "ok" or what
was possible that should not be.
"""

import ctypes
import errno
import json
import os
import socket
from collections.abc import Callable

LIBC = ctypes.CDLL(None, use_errno=True)


def refused(action: Callable[[], object], *codes: int) -> str:
    """Return "ok" when `action` fails with one of the error codes."""
    try:
        action()
    except OSError as error:
        if not codes or error.errno in codes:
            return "ok"
        return f"failed otherwise than expected: {error}"
    return "was allowed"


def holds(truth: bool, otherwise: str) -> str:
    return "ok" if truth else otherwise


def status() -> dict[str, str]:
    lines = read("/proc/self/status").splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def read(path: str) -> str:
    with open(path) as file:
        return file.read()


def unshare_user_namespace() -> None:
    if LIBC.unshare(0x10000000) != 0:
        raise OSError(ctypes.get_errno(), "unshare")


def send_to_this_machine() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", ("127.0.0.1", 9))


def open_descriptors() -> list[int]:
    found = []
    for number in range(1024):
        try:
            os.fstat(number)
        except OSError:
            continue
        found.append(number)
    return found


def mount_options() -> list[list[str]]:
    return [line.split()[3].split(",") for line in read("/proc/mounts").splitlines()]


def probe() -> dict[str, str]:
    about = status()
    privileges = [about[f"Cap{name}"] for name in ("Inh", "Prm", "Eff", "Bnd", "Amb")]
    return {
        "user namespace": holds(
            read("/proc/self/uid_map").split() != ["0", "0", "4294967295"], "the machine's own"
        ),
        "pid namespace": holds(os.getppid() == 1, "the machine's processes are in sight"),
        "read-only root": refused(
            lambda: open("/x", "w"),
            errno.EROFS,
            errno.EACCES,
        ),
        "nosuid and nodev": holds(
            all("nosuid" in o for o in mount_options())
            # A device file bound by itself is the one mount that must be one.
            and sum("nodev" not in o for o in mount_options()) <= 5,
            "a mount without them",
        ),
        "restricted proc": refused(lambda: open("/proc/self/oom_score_adj", "w")),
        "network": refused(send_to_this_machine, errno.ENETUNREACH, errno.EPERM),
        "host name": holds(socket.gethostname() == "sandbox", "the machine's own"),
        "cgroup namespace": holds(
            all(line.split(":", 2)[2] == "/" for line in read("/proc/self/cgroup").splitlines()),
            "the machine's groups are in sight",
        ),
        "capabilities": holds(all(int(p, 16) == 0 for p in privileges), "some are left"),
        "no new privileges": holds(about["NoNewPrivs"] == "1", "not set"),
        "seccomp": refused(unshare_user_namespace, errno.EPERM),
        # Its owner may write there, for all that the other layers know.
        "landlock": refused(lambda: open("/box/closed/x", "w"), errno.EACCES),
        "descriptors": holds(open_descriptors() == [0, 1, 2], f"{open_descriptors()} are open"),
    }


print(json.dumps(probe()))
