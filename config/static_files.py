"""Static files of packages, of which a page needs few."""

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import django_ace
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

# Ace comes with 700 files; collecting all of them takes a minute.
ACE = Path("django_ace") / "ace"
ALLOWED = ("ace.js", "mode-python.js", "css/ace.css", "css/main-*")


class AceFinder(BaseFinder):
    """Finds the editor's files that are named here, and no others of its package."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.root = Path(django_ace.__file__).parent / "static"
        self.storage = FileSystemStorage(location=self.root)
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for path in sorted((self.root / ACE).rglob("*")):
            name = path.relative_to(self.root)
            if path.is_file() and self._is_allowed(name):
                yield str(name), self.storage

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        name = Path(path)
        found = self.root / name
        is_there = ".." not in name.parts and self._is_allowed(name) and found.is_file()
        if find_all:
            return [str(found)] if is_there else []
        return str(found) if is_there else None

    def _is_allowed(self, name: Path) -> bool:
        if not name.is_relative_to(ACE):
            return False
        return any(fnmatch(str(name.relative_to(ACE)), pattern) for pattern in ALLOWED)
