"""Enter a jail and become the zygote. Run by the service; see docs/adr/0005-jail.md.

Two stages, each with its own namespaces. The first, as the caller, builds the
new root out of read-only binds: only the caller can reach the interpreter and
the runtime's packages wherever they lie. The second, in a user namespace that
maps nothing of the caller's privilege, enters that root for good.
"""

import json
import os
import sys
from typing import Any

from sandbox.inside import kernel

SYSTEM_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")
# What a snippet may call: enough for os.system and subprocess to mean something.
PROGRAMS = ("sh", "cat", "echo", "env", "false", "ls", "sleep", "true")
DEVICES = ("null", "zero", "full", "random", "urandom")
MAPPED_IDS = 65536
ZYGOTE = (
    "import sys; sys.path.insert(0, '/harness'); from sandbox.inside.zygote import main; main()"
)


def main() -> None:
    specification: dict[str, Any] = json.loads(sys.argv[1])
    control = int(specification["control"])
    is_root = os.geteuid() == 0
    if not is_root:
        _enter_user_namespace(f"0 {os.geteuid()} 1", f"0 {os.getegid()} 1")
    kernel.unshare(kernel.CLONE_NEWNS)
    kernel.mount(None, "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    _build_root(str(specification["root"]), specification)
    # The way to where it was built may be closed to the ids of the second stage.
    root = "/tmp"
    kernel.mount(str(specification["root"]), root, None, kernel.MS_MOVE)
    if is_root:
        base = int(specification["id_base"])
        mapping = f"0 {base} {MAPPED_IDS}"
    else:
        mapping = "0 0 1"
    _enter_user_namespace(
        mapping,
        mapping,
        kernel.CLONE_NEWNS
        | kernel.CLONE_NEWPID
        | kernel.CLONE_NEWIPC
        | kernel.CLONE_NEWUTS
        | kernel.CLONE_NEWNET,
    )
    pid = os.fork()
    if pid:
        os.close(control)
        kernel.close_from(3)
        _, status = os.waitpid(pid, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, 9)
    _enter_root(root)
    kernel.set_hostname("sandbox")
    os.set_inheritable(control, True)
    interpreter = specification["interpreter"]
    os.execve(
        interpreter,
        [interpreter, "-s", "-S", "-B", "-c", ZYGOTE, sys.argv[1]],
        specification["environment"],
    )


def _enter_user_namespace(uid_map: str, gid_map: str, also: int = 0) -> None:
    """Unshare, with the ids mapped by a helper that is still outside.

    Only a process outside may map more than the caller's own id.
    """
    reader, writer = os.pipe()
    target = os.getpid()
    helper = os.fork()
    if helper == 0:
        os.close(writer)
        os.read(reader, 1)  # until the parent has unshared
        try:
            if uid_map.endswith(" 1"):
                _write(f"/proc/{target}/setgroups", "deny")
            _write(f"/proc/{target}/uid_map", uid_map)
            _write(f"/proc/{target}/gid_map", gid_map)
        except OSError as error:
            print(f"mapping ids: {error}", file=sys.stderr)
            os._exit(1)
        os._exit(0)
    os.close(reader)
    kernel.unshare(kernel.CLONE_NEWUSER | also)
    os.close(writer)
    _, status = os.waitpid(helper, 0)
    if status != 0:
        raise SystemExit("the id mapping of the user namespace was refused")
    if os.geteuid() != 0:
        os.setresgid(0, 0, 0)
        os.setresuid(0, 0, 0)


def _build_root(root: str, specification: dict[str, Any]) -> None:
    kernel.mount("tmpfs", root, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "size=1m,mode=755")
    for path in SYSTEM_LIBRARIES:
        _bind_or_link(path, root)
    for source, target in specification["binds"]:
        _make_place(source, root + target)
        kernel.bind(source, root + target)
    os.makedirs(root + "/usr/bin", exist_ok=True)
    for program in PROGRAMS:
        source = os.path.realpath(f"/usr/bin/{program}")
        if os.path.exists(source):
            _write(f"{root}/usr/bin/{program}", "")
            kernel.bind(source, f"{root}/usr/bin/{program}")
    os.symlink("usr/bin", root + "/bin")
    _make_etc(root)
    _make_devices(root, specification["devices"])
    for folder in ("proc", "box", "work", "tmp", ".old"):
        os.mkdir(f"{root}/{folder}")
    # For what a library writes while the zygote imports it; every run covers it with its own.
    flags = kernel.MS_NOSUID | kernel.MS_NODEV
    kernel.mount("tmpfs", root + "/tmp", "tmpfs", flags, "size=16m,mode=1777")


def _bind_or_link(path: str, root: str) -> None:
    if os.path.islink(path):
        os.symlink(os.readlink(path), root + path)
    elif os.path.isdir(path):
        os.makedirs(root + path)
        kernel.bind(path, root + path)


def _make_place(source: str, target: str) -> None:
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if not os.path.exists(target):
            _write(target, "")


def _make_etc(root: str) -> None:
    os.mkdir(root + "/etc")
    _write(root + "/etc/passwd", "runner:x:1000:1000::/work:/bin/sh\n")
    _write(root + "/etc/group", "runner:x:1000:\n")
    _write(root + "/etc/hosts", "127.0.0.1 localhost\n")
    for name in ("ld.so.cache", "ssl/openssl.cnf"):
        if os.path.exists(f"/etc/{name}"):
            _make_place(f"/etc/{name}", f"{root}/etc/{name}")
            kernel.bind(f"/etc/{name}", f"{root}/etc/{name}")


def _make_devices(root: str, also: list[str]) -> None:
    os.mkdir(root + "/dev")
    os.mkdir(root + "/dev/shm")
    for node in (*(f"/dev/{name}" for name in DEVICES), *also):
        _make_place(node, root + node)
        kernel.bind_device(node, root + node)
    os.symlink("/proc/self/fd", root + "/dev/fd")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.symlink(f"/proc/self/fd/{number}", f"{root}/dev/{name}")


def _enter_root(root: str) -> None:
    """Make `root` the only tree there is, read-only, with a /proc of this pid namespace."""
    # What an outer namespace mounted is locked here; a bind of it is not.
    kernel.mount(root, root, None, kernel.MS_BIND | kernel.MS_REC)
    os.chdir(root)
    proc_flags = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    kernel.mount("proc", root + "/proc", "proc", proc_flags)
    kernel.pivot_root(".", ".old")
    os.chdir("/")
    kernel.unmount("/.old")
    flags = kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY
    kernel.mount(None, "/", None, flags | kernel.MS_NOSUID | kernel.MS_NODEV)


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


if __name__ == "__main__":
    main()
