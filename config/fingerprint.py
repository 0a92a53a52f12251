"""Digests that tell whether a running program is still what the source says."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

SUFFIXES = {".py", ".toml", ".html", ".css", ".js", ".mo", ".txt"}


def of_files(root: Path, names: Iterable[str]) -> str:
    """Return a digest of the sources in the folders and files `names` under `root`."""
    digest = hashlib.sha256()
    for name in sorted(names):
        top = root / name
        files = top.rglob("*") if top.is_dir() else [top]
        for file in sorted(f for f in files if f.suffix in SUFFIXES and f.is_file()):
            digest.update(f"{file.relative_to(root)}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def of_environment(environment: Mapping[str, str]) -> str:
    """Return a digest of the variables that change what the site's programs do."""
    lines = [f"{name}={value}" for name, value in sorted(relevant(environment).items())]
    return hashlib.sha256("\0".join(lines).encode()).hexdigest()[:16]


def relevant(environment: Mapping[str, str]) -> dict[str, str]:
    names = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY"}
    return {
        name: value
        for name, value in environment.items()
        if name in names or name.startswith("ZHIYAN_")
    }
