"""What a run left: figures, files, the exception that ended it.

Called by the run's init when every other process of the run is dead, so that
nothing changes under it. No link is followed, nothing but regular files with a
single name is opened, and sizes are looked at before bytes are read.
"""

import json
import os
import socket
import stat
from collections.abc import Iterator
from typing import Any

from sandbox.inside import kernel

CHUNK_BYTES = 64 * 1024
DEPTH_AT_MOST = 6
ENTRIES_AT_MOST = 2000
TOLD_BYTES = 64 * 1024


def send_all(control: socket.socket, status: int, order: dict[str, Any]) -> None:
    """Send the wait status, then what the run left, then the end."""
    _send(control, {"ended": status})
    told = os.open("/box/told", os.O_RDONLY | os.O_DIRECTORY)
    end = _read(told, b"end.json", TOLD_BYTES)
    if end:
        _send(control, {"told": end.decode("utf-8", "replace")})
    room = int(order["artifact_count"])
    shown = sorted(n for n in os.listdir(told) if n.startswith(("figure-", "table-")))
    for name in shown[:room]:
        _send_file(control, told, os.fsencode(name), name.partition("-")[0], order)
    room -= min(room, len(shown))
    work = os.open("/work", os.O_RDONLY | os.O_DIRECTORY)
    left_out = 0
    for path in _files_under(work):
        if room > 0 and _send_file(control, work, path, "file", order):
            room -= 1
        else:
            left_out += 1
    _send(control, {"done": True, "left_out": left_out})


def _files_under(top: int) -> Iterator[bytes]:
    """Yield the paths below an open directory, in order, bounded in depth and number."""
    folders = [(b"", 0)]
    seen = 0
    while folders:
        folder, depth = folders.pop()
        try:
            descriptor = kernel.open_beneath(top, folder or b".", os.O_RDONLY | os.O_DIRECTORY)
        except OSError:
            continue
        try:
            names = sorted(os.fsencode(entry) for entry in os.listdir(descriptor))
            for name in names:
                seen += 1
                if seen > ENTRIES_AT_MOST:
                    return
                path = folder + b"/" + name if folder else name
                mode = os.lstat(name, dir_fd=descriptor).st_mode
                if stat.S_ISDIR(mode):
                    if depth < DEPTH_AT_MOST and name != b"__pycache__":
                        folders.append((path, depth + 1))
                else:
                    yield path
        finally:
            os.close(descriptor)


def _open_regular(directory: int, path: bytes, size_at_most: int) -> int | None:
    try:
        descriptor = kernel.open_beneath(directory, path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return None
    about = os.fstat(descriptor)
    if stat.S_ISREG(about.st_mode) and about.st_nlink == 1 and about.st_size <= size_at_most:
        return descriptor
    os.close(descriptor)
    return None


def _read(directory: int, path: bytes, size_at_most: int) -> bytes | None:
    descriptor = _open_regular(directory, path, size_at_most)
    if descriptor is None:
        return None
    with open(descriptor, "rb") as file:
        return file.read(size_at_most)


def _send_file(
    control: socket.socket, directory: int, path: bytes, kind: str, order: dict[str, Any]
) -> bool:
    data = _read(directory, path, int(order["artifact_bytes"]))
    if data is None:
        return False
    name = path.decode("utf-8", "replace")
    _send(control, {"artifact": {"name": name, "kind": kind, "size": len(data)}})
    for start in range(0, len(data), CHUNK_BYTES):
        control.send(data[start : start + CHUNK_BYTES])
    return True


def _send(control: socket.socket, value: dict[str, Any]) -> None:
    control.send(json.dumps(value).encode("ascii"))
