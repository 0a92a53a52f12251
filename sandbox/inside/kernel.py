"""The Linux system calls that Python's standard library does not offer."""

import ctypes
import errno
import mmap
import os
import platform
import signal
import struct

_libc = ctypes.CDLL(None, use_errno=True)

CLONE_VM = 0x00000100
CLONE_PARENT = 0x00008000
CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_REMOUNT = 32
MS_BIND = 4096
MS_MOVE = 8192
MS_REC = 16384
MS_PRIVATE = 1 << 18
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_NO_NEW_PRIVS = 38
PR_CAPBSET_DROP = 24
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
PR_SET_SECUREBITS = 28
# No capability comes back by being uid 0, by setuid, or through the ambient set; all locked.
SECUREBITS_LOCKED = 0x2F | 0xC0

MACHINE = platform.machine()
# Numbers that differ between machines, from the kernel's own tables.
_NUMBERS = {
    "x86_64": {"pivot_root": 155, "setns": 308},
    "aarch64": {"pivot_root": 41, "setns": 268},
}
# Numbers since Linux 5 are the same everywhere.
_SYS_CLOSE_RANGE = 436
_SYS_OPENAT2 = 437
SYS_LANDLOCK_CREATE_RULESET = 444
SYS_LANDLOCK_ADD_RULE = 445
SYS_LANDLOCK_RESTRICT_SELF = 446

_HUGE_PAGE = 2 * 1024 * 1024
_MADV_COLLAPSE = 25

RESOLVE_NO_XDEV = 0x01
RESOLVE_NO_MAGICLINKS = 0x02
RESOLVE_NO_SYMLINKS = 0x04
RESOLVE_BENEATH = 0x08


def syscall(number: int, *arguments: object) -> int:
    """Call the kernel; raise OSError where it answers with an error."""
    result: int = _libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"system call {number}: {os.strerror(code)}")
    return result


def _check(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def unshare(flags: int) -> None:
    _check(_libc.unshare(ctypes.c_int(flags)), "unshare")


def setns(descriptor: int, flags: int) -> None:
    syscall(_NUMBERS[MACHINE]["setns"], ctypes.c_int(descriptor), ctypes.c_int(flags))


def mount(
    source: str | None, target: str, kind: str | None = None, flags: int = 0, options: str = ""
) -> None:
    def encode(text: str | None) -> bytes | None:
        return None if text is None else os.fsencode(text)

    result = _libc.mount(
        encode(source),
        encode(target),
        encode(kind),
        ctypes.c_ulong(flags),
        options.encode() or None,
    )
    _check(result, f"mount {target}")


def bind(source: str, target: str, *, read_only: bool = True, recursive: bool = False) -> None:
    """Bind `source` on `target`, without set-uid programs and device nodes.

    The kernel ignores other flags on the bind itself; they take a remount,
    which must repeat what the source's mount already forbids.
    """
    mount(source, target, None, MS_BIND | (MS_REC if recursive else 0))
    forbidden = MS_NOSUID | MS_NODEV | (MS_RDONLY if read_only else 0)
    kept = os.statvfs(target).f_flag & (MS_NOEXEC | MS_RDONLY)
    mount(None, target, None, MS_REMOUNT | MS_BIND | forbidden | kept)


def bind_device(source: str, target: str) -> None:
    mount(source, target, None, MS_BIND)
    mount(None, target, None, MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NOEXEC)


def unmount(target: str) -> None:
    _check(_libc.umount2(os.fsencode(target), MNT_DETACH), f"unmount {target}")


def pivot_root(new_root: str, put_old: str) -> None:
    syscall(_NUMBERS[MACHINE]["pivot_root"], os.fsencode(new_root), os.fsencode(put_old))


def prctl(option: int, *arguments: int) -> int:
    values = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    result: int = _libc.prctl(ctypes.c_int(option), *values)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"prctl {option}: {os.strerror(code)}")
    return result


def share_memory(stack: mmap.mmap) -> None:
    """Start a process that has this one's memory too and sleeps on `stack` until it is killed.

    It is this one's sibling: its own code never waits for it.
    """
    top = ctypes.addressof(ctypes.c_char.from_buffer(stack)) + len(stack)
    flags = CLONE_VM | CLONE_PARENT | signal.SIGCHLD
    if _libc.clone(_libc.pause, ctypes.c_void_p(top), ctypes.c_int(flags), None) < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"clone: {os.strerror(code)}")


def set_hostname(name: str) -> None:
    encoded = name.encode()
    _check(_libc.sethostname(encoded, ctypes.c_size_t(len(encoded))), "sethostname")


def close_from(first: int) -> None:
    """Close every descriptor from `first` on."""
    syscall(_SYS_CLOSE_RANGE, ctypes.c_uint(first), ctypes.c_uint(0xFFFFFFFF), ctypes.c_uint(0))


CAP_DAC_READ_SEARCH = 2
CAP_KILL = 5


def drop_privileges(uid: int | None, *, keep: tuple[int, ...] = ()) -> None:
    """Empty the capability sets for good, but for `keep`; become `uid` where one is given."""
    prctl(PR_SET_SECUREBITS, SECUREBITS_LOCKED)
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError as error:
            if error.errno != errno.EINVAL:  # beyond the last one this kernel knows
                raise
            break
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = struct.pack("Ii", 0x20080522, 0)
    bits = sum(1 << capability for capability in keep)
    # Effective, permitted, inheritable; the second triple is for capabilities 32 and up.
    _check(_libc.capset(header, struct.pack("6I", bits, bits, 0, 0, 0, 0)), "capset")


def collapse_memory() -> None:
    """Gather this process's private memory into huge pages, as far as the kernel can.

    A fork copies, and an exit frees, one entry a page: with pages 512 times as
    large both take a fifth of the time. What a child then writes to is split and
    copied by small pages as before. MADV_COLLAPSE came with Linux 6.1; an older
    kernel refuses and forks as slowly as it always did.
    """
    with open("/proc/self/maps") as file:
        lines = [line.split() for line in file]
    for parts in lines:
        if parts[1].startswith("rw") and (len(parts) == 5 or parts[5] == "[heap]"):
            first, last = (int(address, 16) for address in parts[0].split("-"))
            start = -(-first // _HUGE_PAGE) * _HUGE_PAGE
            for page in range(start, last - _HUGE_PAGE + 1, _HUGE_PAGE):
                _libc.madvise(
                    ctypes.c_void_p(page),
                    ctypes.c_size_t(_HUGE_PAGE),
                    ctypes.c_int(_MADV_COLLAPSE),
                )


def open_beneath(directory: int, path: bytes, flags: int) -> int:
    """Open `path` under an open directory, through no link of any kind, on its own mount."""
    resolve = RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH
    how = struct.pack("QQQ", flags | os.O_CLOEXEC, 0, resolve)
    return syscall(_SYS_OPENAT2, ctypes.c_int(directory), path, how, ctypes.c_size_t(len(how)))
