"""The system-call filter: classic BPF, assembled here, loaded last of all layers.

What is refused answers with an error (EPERM, ENOSYS, EAFNOSUPPORT), so that it
is a Python exception for the user and not a dead process. Calls newer than this
table answer ENOSYS: a kernel's later inventions are refused until looked at.
"""

import ctypes
import errno
import struct

from sandbox.inside import kernel

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000
_NEWEST_KNOWN = 467  # open_tree_attr, Linux 6.15

# Refused by name: kernel surface that no snippet needs, from the reports of
# broken sandboxes. x86_64 number, aarch64 number (None: not on that machine).
REFUSED: dict[str, tuple[int | None, int | None]] = {
    "ptrace": (101, 117),
    "syslog": (103, 116),
    "personality": (135, 92),
    "ustat": (136, None),
    "sysfs": (139, None),
    "vhangup": (153, 58),
    "modify_ldt": (154, None),
    "pivot_root": (155, 41),
    "_sysctl": (156, None),
    "adjtimex": (159, 171),
    "chroot": (161, 51),
    "acct": (163, 89),
    "settimeofday": (164, 170),
    "mount": (165, 40),
    "umount2": (166, 39),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "iopl": (172, None),
    "ioperm": (173, None),
    "create_module": (174, None),
    "init_module": (175, 105),
    "delete_module": (176, 106),
    "get_kernel_syms": (177, None),
    "query_module": (178, None),
    "quotactl": (179, 60),
    "nfsservctl": (180, 42),
    "lookup_dcookie": (212, 18),
    "clock_settime": (227, 112),
    "vserver": (236, None),
    "mbind": (237, 235),
    "set_mempolicy": (238, 237),
    "mq_open": (240, 180),
    "kexec_load": (246, 104),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "migrate_pages": (256, 238),
    "unshare": (272, 97),
    "move_pages": (279, 239),
    "vmsplice": (278, 75),
    "perf_event_open": (298, 241),
    "fanotify_init": (300, 262),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "clock_adjtime": (305, 266),
    "setns": (308, 268),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "finit_module": (313, 273),
    "kexec_file_load": (320, 294),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "pkey_mprotect": (329, 288),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    "mount_setattr": (442, 442),
    "quotactl_fd": (443, 443),
    "memfd_secret": (447, 447),
    "process_mrelease": (448, 448),
    "set_mempolicy_home_node": (450, 450),
    "statmount": (457, 457),
    "listmount": (458, 458),
    "lsm_get_self_attr": (459, 459),
    "lsm_set_self_attr": (460, 460),
    "lsm_list_modules": (461, 461),
    "open_tree_attr": (467, 467),
}
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3 = 435
_SOCKET = {"x86_64": 41, "aarch64": 198}
_SOCKETPAIR = {"x86_64": 53, "aarch64": 199}
_IOCTL = {"x86_64": 16, "aarch64": 29}
_NEW_NAMESPACES = 0x7E020000 | 0x80  # every CLONE_NEW*, time included
_FAMILIES = (1, 2, 10)  # unix, and the internet's two, whose namespace holds no device
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C

_LOAD, _JUMP_EQUAL, _JUMP_GREATER, _JUMP_SET, _RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
_ALLOW = 0x7FFF0000
_KILL = 0x80000000
_NUMBER_AT, _ARCH_AT, _FIRST_ARGUMENT_AT, _SECOND_ARGUMENT_AT = 0, 4, 16, 24
_SECCOMP_SET_MODE_FILTER = 1
_SYS_SECCOMP = {"x86_64": 317, "aarch64": 277}

Instruction = tuple[int, int, int, int]


def _answer(code: int) -> Instruction:
    return (_RETURN, 0, 0, 0x00050000 | code)


def program(machine: str) -> bytes:
    """Return the filter for `machine`, as the kernel reads it."""
    column = 0 if machine == "x86_64" else 1
    rows: list[Instruction] = [
        (_LOAD, 0, 0, _ARCH_AT),
        (_JUMP_EQUAL, 1, 0, _AUDIT_ARCH[machine]),
        (_RETURN, 0, 0, _KILL),  # a 32-bit call: its numbers mean other things
        (_LOAD, 0, 0, _NUMBER_AT),
        (_JUMP_GREATER, 0, 1, _NEWEST_KNOWN),  # x32 calls, whose bit is high, too
        _answer(errno.ENOSYS),
        # clone3 hides its flags behind a pointer; glibc falls back to clone.
        (_JUMP_EQUAL, 0, 1, _CLONE3),
        _answer(errno.ENOSYS),
    ]
    for numbers in REFUSED.values():
        number = numbers[column]
        if number is not None:
            rows += [(_JUMP_EQUAL, 0, 1, number), _answer(errno.EPERM)]
    rows += _refuse_flags(_CLONE[machine], _NEW_NAMESPACES)
    rows += _allow_only(_SOCKET[machine], _FAMILIES)
    rows += _allow_only(_SOCKETPAIR[machine], _FAMILIES)
    rows += [
        (_JUMP_EQUAL, 0, 5, _IOCTL[machine]),
        (_LOAD, 0, 0, _SECOND_ARGUMENT_AT),
        (_JUMP_EQUAL, 1, 0, _TIOCSTI),
        (_JUMP_EQUAL, 0, 1, _TIOCLINUX),
        _answer(errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *row) for row in rows)


def _refuse_flags(number: int, flags: int) -> list[Instruction]:
    return [
        (_JUMP_EQUAL, 0, 4, number),
        (_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
        (_JUMP_SET, 0, 1, flags),
        _answer(errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _allow_only(number: int, families: tuple[int, ...]) -> list[Instruction]:
    count = len(families)
    tests = [(_JUMP_EQUAL, count - index, 0, family) for index, family in enumerate(families)]
    return [
        (_JUMP_EQUAL, 0, count + 3, number),
        (_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
        *tests,
        _answer(errno.EAFNOSUPPORT),
        (_RETURN, 0, 0, _ALLOW),
    ]


def load() -> None:
    """Put the filter on this process for good; it needs no-new-privileges first."""
    code = program(kernel.MACHINE)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(buffer))
    kernel.syscall(
        _SYS_SECCOMP[kernel.MACHINE],
        ctypes.c_uint(_SECCOMP_SET_MODE_FILTER),
        ctypes.c_uint(0),
        header,
    )
