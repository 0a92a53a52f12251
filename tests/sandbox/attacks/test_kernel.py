"""System calls that could widen the jail answer with an error, and nothing else happens."""

import platform

import pytest

from sandbox import Verdict

# What a program in C would call; numbers of x86_64.
CALLS = {
    "mount": "165, b'x', b'/work', b'tmpfs', 0, 0",
    "pivot_root": "155, b'/work', b'/work'",
    "a new user namespace": "272, 0x10000000",
    "setns": "308, 0, 0",
    "ptrace": "101, 16, 1, 0, 0",
    "process_vm_readv": "310, 1, 0, 0, 0, 0, 0",
    "bpf": "321, 0, 0, 0",
    "io_uring_setup": "425, 8, 0",
    "userfaultfd": "323, 0",
    "keyctl": "250, 0, 0",
    "add_key": "248, b'user', b'x', b'y', 1, -3",
    "perf_event_open": "298, 0, 0, -1, -1, 0",
    "open_by_handle_at": "304, 0, 0, 0",
    "memfd_secret": "447, 0",
    "pidfd_getfd": "438, 0, 0, 0",
    "clone with namespaces": "56, 0x10000000 | 17, 0, 0, 0, 0",
    "fsopen": "430, b'tmpfs', 0",
    "kexec_load": "246, 0, 0, 0, 0",
    "swapon": "167, b'/work/x', 0",
    "personality": "135, 0x0040000",
    "TIOCSTI": "16, 0, 0x5412, b'x'",
}
CALL = (
    "import ctypes\n"
    "libc = ctypes.CDLL(None, use_errno=True)\n"
    "print(libc.syscall({}), ctypes.get_errno())\n"
)
only_x86 = pytest.mark.skipif(platform.machine() != "x86_64", reason="numbers of x86_64")


@only_x86
@pytest.mark.jail
@pytest.mark.parametrize("arguments", CALLS.values(), ids=CALLS.keys())
def test_forbidden_call_is_refused(attack, arguments):
    result = attack(CALL.format(arguments))

    assert (result.verdict, result.stdout) == (Verdict.OK, "-1 1\n")  # EPERM


@only_x86
@pytest.mark.jail
@pytest.mark.parametrize("number", ["435, 0, 0", "499", "0x40000000 | 39"])
def test_call_that_hides_or_is_unknown_does_not_exist(attack, number):
    result = attack(CALL.format(number))

    assert (result.verdict, result.stdout) == (Verdict.OK, "-1 38\n")  # ENOSYS


@only_x86
@pytest.mark.jail
def test_a_32_bit_call_ends_the_run(attack):
    code = (
        "import ctypes, mmap\n"
        "page = mmap.mmap(-1, 4096, prot=7)\n"
        "page.write(bytes.fromhex('b814000000cd80c3'))  # mov eax, 20; int 0x80; ret\n"
        "address = ctypes.addressof(ctypes.c_char.from_buffer(page))\n"
        "ctypes.CFUNCTYPE(ctypes.c_int)(address)()\n"
    )

    result = attack(code)

    assert (result.verdict, result.signal) == (Verdict.SECURITY, "SIGSYS")


@pytest.mark.jail
def test_killing_everything_kills_nobody_else(attack):
    result = attack(
        "import os\n"
        "for target in (-1, 1, os.getppid()):\n"  # the first may reach what shares its memory
        "    try: os.kill(target, 9)\n"
        "    except (PermissionError, ProcessLookupError): print('no', target)\n"
    )

    assert result.verdict is Verdict.OK
    assert result.stdout.removeprefix("no -1\n") == "no 1\nno 1\n"


@pytest.mark.jail
def test_no_capability_and_no_new_privilege(attack):
    result = attack(
        "lines = open('/proc/self/status').read().splitlines()\n"
        "status = dict(line.split(':\\t') for line in lines if ':\\t' in line)\n"
        "for name in ('CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb', 'NoNewPrivs', 'Seccomp'):\n"
        "    print(name, int(status[name], 16))\n"
    )

    assert result.stdout.split("\n")[:-1] == [
        "CapInh 0", "CapPrm 0", "CapEff 0", "CapBnd 0", "CapAmb 0", "NoNewPrivs 1", "Seccomp 2",
    ]  # fmt: skip


@pytest.mark.jail
def test_limits_cannot_be_raised(attack):
    result = attack(
        "import resource\n"
        "for what in (resource.RLIMIT_NOFILE, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE):\n"
        "    try: resource.setrlimit(what, (2 ** 30, 2 ** 30))\n"
        "    except (ValueError, PermissionError): print('no')"
    )

    assert result.stdout == "no\nno\nno\n"


@pytest.mark.jail
@pytest.mark.parametrize(
    "path",
    ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/self/oom_score_adj",
     "/proc/self/uid_map", "/sys/fs/cgroup/release_agent", "/proc/1/mem"],
)  # fmt: skip
def test_the_kernels_own_files_cannot_be_written(attack, path):
    result = attack(f"try:\n    open({path!r}, 'w').write('1')\nexcept OSError: print('no')")

    assert (result.verdict, result.stdout) == (Verdict.OK, "no\n")


@pytest.mark.jail
def test_set_uid_programs_have_no_effect(attack):
    result = attack(
        "import os\n"
        "open('x', 'w').write('#!/bin/sh\\nid -u'); os.chmod('x', 0o6755)\n"
        "flags = {l.split()[1]: l.split()[3] for l in open('/proc/mounts')}\n"
        "print(all('nosuid' in options for options in flags.values()))"
    )

    assert result.stdout == "True\n"
