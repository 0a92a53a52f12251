"""What a run uses, found by looking at its processes."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.model import Limits
from sandbox.watching import WatchBackend

ROOT = Path(__file__).resolve().parent.parent.parent
# A zygote with memory, the init of a namespace below it, and below that what runs the code.
ZYGOTE = """
import os, sys, time
from sandbox.inside import kernel
inherited = bytearray(os.urandom(1)) * (256 << 20)
kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWPID)
ready, is_ready = os.pipe()
init = os.fork()
if init == 0:
    if os.fork() == 0:
        own = bytearray(os.urandom(1)) * (int(sys.argv[1]) << 20)
        os.write(is_ready, b"!")
    time.sleep(60)
os.read(ready, 1)
print(init, flush=True)
time.sleep(60)
"""
LIMIT = Limits(memory_bytes=32 << 20)


@contextlib.contextmanager
def watched(*, own_mib):
    """Yield the control group of a run that allocated so much, its zygote and its init."""
    command = [sys.executable, "-c", ZYGOTE, str(own_mib)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, process_group=0) as zygote:
        assert zygote.stdout is not None
        init = int(zygote.stdout.readline())
        group = WatchBackend("no group").make_group()
        group.add(init)
        group.limit(LIMIT)
        try:
            yield group, zygote.pid, init
        finally:
            os.killpg(zygote.pid, signal.SIGKILL)


@pytest.mark.jail
@pytest.mark.parametrize(("own_mib", "is_over"), [(0, False), (48, True)])
def test_memory_shared_with_the_zygote_is_not_the_runs(own_mib, is_over):
    with watched(own_mib=own_mib) as (group, _, _):
        usage = group.usage()

    assert usage.out_of_memory is is_over
    assert is_over == (usage.memory_bytes > LIMIT.memory_bytes)


@pytest.mark.jail
def test_what_the_dying_shared_with_the_run_is_not_the_runs():
    for _ in range(10):
        with watched(own_mib=0) as (group, zygote, init):
            for pid in (zygote, init):
                os.kill(pid, signal.SIGKILL)
            while Path(f"/proc/{init}/task/{init}/children").read_text(encoding="ascii"):
                assert not group.usage().out_of_memory
