"""Where the processes that `make up` starts beside the site listen."""

import hashlib
import os
import tempfile
from pathlib import Path
from urllib.parse import quote

from config.secret import read_or_make

# The kernel's limit for a unix socket's path is 107 bytes and a NUL.
SOCKET_PATH_BYTES = 107


def socket_path(var_dir: Path, name: str) -> Path:
    """Return the path of the unix socket `name`, in a directory that only its owner may enter.

    A deep `var_dir` does not fit the kernel's limit; its sockets then live
    under the temporary directory, in a folder named by the owner and `var_dir`.
    """
    path = var_dir / "sockets" / f"{name}.sock"
    if len(os.fsencode(path)) > SOCKET_PATH_BYTES:
        digest = hashlib.sha256(os.fsencode(var_dir)).hexdigest()[:12]
        path = Path(tempfile.gettempdir()) / f"zhiyan-{os.getuid()}-{digest}" / f"{name}.sock"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.parent.stat().st_uid != os.getuid():
        raise PermissionError(f"{path.parent} belongs to another user; remove it or set ZHIYAN_VAR")
    return path


def valkey_password(var_dir: Path) -> str:
    return read_or_make(var_dir / "valkey_password")


def redis_url(var_dir: Path) -> str:
    """Return the embedded Valkey's address in the form redis-py reads."""
    path = quote(str(socket_path(var_dir, "valkey")))
    return f"unix://:{valkey_password(var_dir)}@{path}"
