"""Become a supervised program: one of its name at a time, gone when the supervisor is gone.

Run as `python -I config/child.py LOCK NICENESS [SECRET]… -- COMMAND…`; standard library only.
"""

import ctypes
import fcntl
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main(arguments: list[str]) -> None:
    """Wait for the lock, drop the secret variables, and execute the command in this process.

    The lock stays with the executed program. So a program that outlives its
    supervisor by a moment is never joined by a second one on the same files.
    """
    border = arguments.index("--")
    (lock, niceness, *secrets), command = arguments[:border], arguments[border + 1 :]
    supervisor = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != supervisor:
        sys.exit("the supervisor is gone")  # before the kernel knew whom to tell
    descriptor = os.open(Path(lock), os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.set_inheritable(descriptor, True)
    os.nice(int(niceness))
    for name in secrets:
        os.environ.pop(name, None)
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
