"""Boot a kernel in QEMU on this machine's own files, and run a command in it as root.

Usage: python boot.py --kernel FOLDER [--memory MIB] [--append TEXT] COMMAND [ARGUMENT ...]

FOLDER is an unpacked package `linux-image-*`. The machine's root is the guest's, read-only below a
layer in the guest's memory; control groups are version 2 alone at /sys/fs/cgroup. README.md says more.
"""

import argparse
import gzip
import lzma
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# In the order in which they must be loaded; a kernel may lack some, or have them built in.
MODULES = (
    "virtio_ring", "virtio", "virtio_pci_modern_dev", "virtio_pci_legacy_dev", "virtio_pci",
    "netfs", "fscache", "9pnet", "9pnet_virtio", "9p", "overlay",
)  # fmt: skip
INIT = """#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs dev /dev
for module in {modules}; do [ -e /modules/$module.ko ] && insmod /modules/$module.ko; done
mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=512000,cache=loose host /host || {{ dmesg; poweroff -f; }}
mount -t tmpfs tmpfs /own; mkdir /own/upper /own/work
mount -t overlay -o lowerdir=/host,upperdir=/own/upper,workdir=/own/work root /new
cd /new
mount -t proc proc proc; mount -t sysfs sysfs sys; mount -t devtmpfs dev dev
mkdir -p dev/shm; mount -t tmpfs tmpfs dev/shm; mount -t tmpfs tmpfs tmp; mount -t tmpfs tmpfs run
chmod 1777 tmp
mount -t cgroup2 cgroup2 sys/fs/cgroup || echo 'no cgroup2'
ln -s /proc/self/fd dev/fd 2>/dev/null
hostname guest; ip link set lo up
cp /command /bin/busybox tmp/
# Not chroot: from inside one the kernel refuses user namespaces.
exec switch_root . /bin/sh /tmp/command
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernel", required=True, type=Path)
    parser.add_argument("--memory", type=int, default=1536, help="MiB")
    parser.add_argument("--append", default="", help="more for the kernel's command line")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    (kernel,) = (arguments.kernel / "boot").glob("vmlinuz-*")
    with tempfile.TemporaryDirectory() as folder:
        initramfs = Path(folder) / "initramfs"
        initramfs.write_bytes(_initramfs(arguments.kernel, shlex.join(arguments.command)))
        return _boot(kernel, initramfs, arguments.memory, arguments.append)


def _initramfs(kernel: Path, command: str) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for folder in ("bin", "proc", "sys", "dev", "host", "own", "new", "modules"):
            (root / folder).mkdir()
        shutil.copy(os.environ.get("BUSYBOX", "/bin/busybox"), root / "bin/busybox")
        for module in MODULES:
            for file in kernel.rglob(f"{module}.ko*"):
                data = file.read_bytes()
                data = lzma.decompress(data) if file.suffix == ".xz" else data
                (root / f"modules/{module}.ko").write_bytes(data)
        (root / "init").write_text(INIT.format(modules=" ".join(MODULES)))
        (root / "init").chmod(0o755)
        (root / "command").write_text(
            f'{command}\necho "guest: exit code $?"\n/tmp/busybox poweroff -f\n'
        )
        names = "\n".join(str(path.relative_to(root)) for path in sorted(root.rglob("*")))
        archive = subprocess.run(
            [str(root / "bin/busybox"), "cpio", "-o", "-H", "newc"],
            input=names.encode(), cwd=root, capture_output=True, check=True,
        ).stdout  # fmt: skip
    return gzip.compress(archive, 1)


def _boot(kernel: Path, initramfs: Path, memory: int, append: str) -> int:
    """Boot, pass on what the guest says, and return the exit code that its command had."""
    qemu = [
        *shlex.split(os.environ.get("QEMU", "qemu-system-x86_64")),
        *("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"),
        *("-accel", "tcg", "-cpu", "max", "-smp", "1", "-m", str(memory)),
        *("-serial", "stdio", "-kernel", str(kernel), "-initrd", str(initramfs)),
        *("-append", f"zhiyan_guest console=ttyS0 quiet panic=-1 mitigations=off {append}"),
        *(
            "-virtfs",
            "local,path=/,mount_tag=host,security_model=passthrough,readonly=on,multidevs=remap",
        ),
    ]
    code = 1
    with subprocess.Popen(
        ["nice", "-n", "10", *qemu], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        errors="replace",
    ) as process:  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            if line.startswith("guest: exit code "):
                code = int(line.split()[-1])
    return code


if __name__ == "__main__":
    sys.exit(main())
