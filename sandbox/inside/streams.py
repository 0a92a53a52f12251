"""Standard output and error as text streams whose order the supervisor can tell.

Two pipes carry no common order. So before one stream is written after the
other, the other's pipe must have been emptied by the supervisor, which reads
at once; between switches nothing waits.
"""

import array
import fcntl
import io
import os
import sys
import termios
import time

PATIENCE_SECONDS = 0.2
_last_written = 1


class _OrderedPipe(io.FileIO):
    def write(self, data: object) -> int:
        global _last_written
        if _last_written != self.fileno():
            _wait_until_empty(_last_written)
            _last_written = self.fileno()
        return super().write(data)  # type: ignore[arg-type]


def _wait_until_empty(descriptor: int) -> None:
    waiting = array.array("i", [0])
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            fcntl.ioctl(descriptor, termios.FIONREAD, waiting)
        except OSError:
            return
        if waiting[0] == 0:
            return
        time.sleep(0.0002)


def install() -> None:
    """Replace sys.stdout and sys.stderr; each line goes out as soon as it is whole."""
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        pipe = _OrderedPipe(descriptor, "wb", closefd=False)
        stream = io.TextIOWrapper(
            io.BufferedWriter(pipe),
            encoding="utf-8",
            errors="backslashreplace",
            line_buffering=True,
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115


def flush() -> None:
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        try:
            stream.flush()  # type: ignore[union-attr]
        except (AttributeError, OSError, ValueError):
            continue


class Silence:
    """Send both descriptors to nowhere for a while: what a setup prints is nobody's output."""

    def __enter__(self) -> None:
        flush()
        self._kept = [os.dup(1), os.dup(2)]
        nowhere = os.open("/dev/null", os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        os.close(nowhere)

    def __exit__(self, *_: object) -> None:
        flush()
        for number, kept in zip((1, 2), self._kept, strict=True):
            os.dup2(kept, number)
            os.close(kept)
