"""The accelerators of this machine: what a jail must be shown of them.

Only runtimes marked `gpu` are shown anything. CUDA is never initialised before a fork;
the driver's libraries are the machine's own, since they must match its kernel module.
"""

from pathlib import Path

from sandbox.model import SandboxError

# Where drivers are put on machines whose containers get them from outside.
LIBRARY_FOLDERS = ("/usr/local/nvidia/lib64", "/usr/local/nvidia/lib", "/usr/lib/wsl/lib")


class NoGpu(SandboxError):
    """The runtime needs an accelerator and this machine shows none."""


def device_nodes() -> list[str]:
    """Return the device nodes of NVIDIA's driver; empty where there is no accelerator."""
    nodes = [*Path("/dev").glob("nvidia*"), *Path("/dev").glob("nvidia-caps/*")]
    return sorted(str(node) for node in nodes if node.is_char_device())


def is_present() -> bool:
    return any(node.removeprefix("/dev/nvidia").isdigit() for node in device_nodes())


def library_folders() -> list[str]:
    return [folder for folder in LIBRARY_FOLDERS if Path(folder).is_dir()]


def require(runtime_name: str) -> None:
    """Raise NoGpu, saying what was looked for, where this machine has no accelerator."""
    if not is_present():
        raise NoGpu(f"no GPU: runtime {runtime_name} needs one, and there is no /dev/nvidia0 here")
