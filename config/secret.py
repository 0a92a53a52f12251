"""Secrets made on first start and kept, readable by the owner alone, under var/."""

import os
import secrets
from pathlib import Path


def read_or_make(path: Path, *, size_bytes: int = 48) -> str:
    """Return the secret kept in `path`; make it (mode 0600) when the file is not there.

    Two processes starting at once agree: the file appears whole or not at all,
    and the one that loses the race reads the winner's.
    """
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(size_bytes) + "\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii").strip()
