"""Landlock: which parts of the tree may be read and written, whatever else fails.

Access bits and structures are those of linux/landlock.h; a kernel knows the
bits of its own ABI version and refuses later ones.
"""

import ctypes
import os
import struct

from sandbox.inside import kernel

_CREATE_RULESET_VERSION = 1
_RULE_PATH_BENEATH = 1

_EXECUTE = 1 << 0
_WRITE_FILE = 1 << 1
_READ_FILE = 1 << 2
_READ_DIR = 1 << 3
_TRUNCATE = 1 << 14
_IOCTL_DEV = 1 << 15
_FILE_ACCESS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_READING = _EXECUTE | _READ_FILE | _READ_DIR
_NET_BIND_CONNECT_TCP = 0b11
_SCOPE_ABSTRACT_SOCKET_AND_SIGNAL = 0b11

_SINCE = {3: "truncation", 4: "TCP", 5: "device ioctls", 6: "signals and abstract sockets"}

# The number of file-system access bits that each ABI version brought it to.
_BITS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}


def abi() -> int:
    """Return the kernel's Landlock version; 0 where it has none."""
    try:
        return kernel.syscall(
            kernel.SYS_LANDLOCK_CREATE_RULESET,
            None,
            ctypes.c_size_t(0),
            ctypes.c_uint(_CREATE_RULESET_VERSION),
        )
    except OSError:
        return 0


def unknown_to(version: int) -> list[str]:
    """Return what Landlock of this version leaves to the other layers, which refuse it too."""
    return [what for since, what in _SINCE.items() if version < since]


def restrict(*, readable: list[str], writable: list[str], devices: list[str]) -> None:
    """Forbid this process, for good, every file access but the named ones.

    From ABI 4 TCP is forbidden too, from ABI 6 signals to and abstract sockets
    of processes outside. Raises OSError where the kernel has no Landlock.
    """
    version = abi()
    handled = (1 << _BITS_BY_ABI.get(min(version, 5), 13)) - 1
    attributes = struct.pack(
        "QQQ",
        handled,
        _NET_BIND_CONNECT_TCP if version >= 4 else 0,
        _SCOPE_ABSTRACT_SOCKET_AND_SIGNAL if version >= 6 else 0,
    )
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = kernel.syscall(
        kernel.SYS_LANDLOCK_CREATE_RULESET,
        attributes[:size],
        ctypes.c_size_t(size),
        ctypes.c_uint(0),
    )
    for path in readable:
        _allow(ruleset, path, handled & _READING)
    for path in writable:
        _allow(ruleset, path, handled)
    for path in devices:
        _allow(ruleset, path, handled & (_READ_FILE | _WRITE_FILE | _TRUNCATE | _IOCTL_DEV))
    kernel.syscall(kernel.SYS_LANDLOCK_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint(0))
    os.close(ruleset)


def _allow(ruleset: int, path: str, access: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    if not os.path.isdir(path):
        access &= _FILE_ACCESS
    rule = struct.pack("=Qi", access, descriptor)
    try:
        kernel.syscall(
            kernel.SYS_LANDLOCK_ADD_RULE,
            ctypes.c_int(ruleset),
            ctypes.c_int(_RULE_PATH_BENEATH),
            rule,
            ctypes.c_uint(0),
        )
    finally:
        os.close(descriptor)
