"""The zygote: imports the heavy libraries once, then forks one run after another.

It never runs a user's code, never sees a request, and holds one thread when it
forks. Messages come over a SOCK_SEQPACKET socket; its end is the zygote's end.
"""

import atexit
import gc
import importlib
import importlib.metadata
import json
import os
import resource
import signal
import site
import socket
import sys
import time
from typing import Any

from sandbox.inside import child, kernel

MESSAGE_BYTES = 65536
DESCRIPTORS = 4


def main() -> None:
    specification: dict[str, Any] = json.loads(sys.argv[1])
    control = socket.socket(fileno=int(specification["control"]))
    sys.argv = [""]
    site.addsitedir(specification["site_packages"])
    started = time.monotonic()
    environment = _preload(specification["preload"])
    exec(compile(specification["after_import"], "after_import", "exec"), {})  # noqa: S102
    # Libraries tidy up at exit; a run ends without ceremony, after the user's own handlers.
    atexit._clear()
    if (count := threads()) != 1:
        sys.exit(f"importing {specification['preload']} left {count} threads; a fork is not safe")
    gc.collect()
    gc.freeze()
    kernel.collapse_memory()
    ready = {
        "ready": True,
        "environment": environment,
        "import_seconds": round(time.monotonic() - started, 3),
        "memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    control.send(json.dumps(ready).encode())
    _serve(control, specification)


def threads() -> int:
    """Return how many threads this process has; a fork copies only the calling one."""
    return len(os.listdir("/proc/self/task"))


def _preload(names: list[str]) -> dict[str, Any]:
    for name in names:
        importlib.import_module(name)
    packages = {item.metadata["Name"]: item.version for item in importlib.metadata.distributions()}
    wanted = {name.partition(".")[0] for name in names}
    return {
        "python": sys.version.split()[0],
        "packages": {
            name: version
            for name, version in sorted(packages.items())
            if name.lower().replace("-", "_").removesuffix("_cpu") in wanted
        },
    }


def _serve(control: socket.socket, specification: dict[str, Any]) -> None:
    own_namespace = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    # Ended inits are this process's children: the kernel reaps them by itself.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, MESSAGE_BYTES, DESCRIPTORS)
        if not message:
            return
        order = json.loads(message)
        # A namespace for the child alone: the next fork's process is its init.
        kernel.unshare(kernel.CLONE_NEWPID)
        pid = os.fork()
        if pid == 0:
            control.close()
            os.close(own_namespace)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            child.be_init(order, descriptors, specification)
        kernel.setns(own_namespace, kernel.CLONE_NEWPID)
        for descriptor in descriptors:
            os.close(descriptor)


if __name__ == "__main__":
    main()
