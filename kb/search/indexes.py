"""The indexes of this machine: which is current, opening it, and where their files are.

Files lie in `search/<name>/` below VAR_DIR; `search/current` says which index answers. An index
is never mended in place: a new one is built beside it and takes over with one rename.
"""

import contextlib
import fcntl
import functools
import importlib.util
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from kb.models import SearchIndex
from kb.search import analyzer
from kb.search.engines import fts5, postgresql
from kb.search.engines.base import EngineError, Reader, Writer

SHARED_ENGINES = {postgresql.NAME}
"""Their documents are in the site's database, so all machines search the same ones."""


def root() -> Path:
    return _made(settings.VAR_DIR)


@functools.cache
def _made(var: Path) -> Path:
    path = Path(var) / "search"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def wanted_engine() -> str:
    """Return the engine that this site is to use; see ZHIYAN_SEARCH in docs/settings.md."""
    chosen: str = settings.SEARCH_ENGINE
    if chosen != "auto":
        return chosen
    if connection.vendor == "postgresql" and postgresql.is_available():
        return postgresql.NAME
    return "tantivy" if _has_tantivy() else fts5.NAME


@functools.cache
def _has_tantivy() -> bool:
    return importlib.util.find_spec("tantivy") is not None


def open_writer(engine: str, name: str, *, is_new: bool = False) -> Writer:
    """Return the index's only writer; raises EngineError where it cannot be written.

    A new index is filled at once and may take more memory meanwhile.
    """
    if engine == postgresql.NAME:
        return postgresql.PostgresqlWriter(name)
    if engine == fts5.NAME:
        return fts5.Fts5Writer(root() / name)
    from kb.search.engines import tantivy_engine  # noqa: PLC0415 - may not be installed

    heap = tantivy_engine.FILLING_HEAP_BYTES if is_new else tantivy_engine.HEAP_BYTES
    return tantivy_engine.TantivyWriter(root() / name, heap_bytes=heap)


def open_reader(engine: str, name: str) -> Reader:
    """Return a reader that follows the index's commits; raises EngineError."""
    if engine == postgresql.NAME:
        return postgresql.PostgresqlReader(name)
    if engine == fts5.NAME:
        return fts5.Fts5Reader(root() / name)
    try:
        from kb.search.engines import tantivy_engine  # noqa: PLC0415 - may not be installed
    except ImportError as error:
        raise EngineError(f"{error}; set ZHIYAN_SEARCH=fts5 or install requirements.txt") from error
    return tantivy_engine.TantivyReader(root() / name)


_open: dict[str, Reader] = {}
_opening = threading.Lock()


def current_reader() -> Reader:
    """Return the reader of the index that answers now; raises EngineError where there is none."""
    name = current_name()
    if name is None:
        raise EngineError("there is no search index yet; run: manage.py reindex")
    key = str(root() / name)
    reader = _open.get(key)
    if reader is None:
        with _opening:
            reader = open_reader(engine_of(name), name)
            _open.clear()
            _open[key] = reader
    return reader


def forget_reader() -> None:
    """Have the next search open its index anew."""
    _open.clear()


def current_name() -> str | None:
    if wanted_engine() in SHARED_ENGINES:
        ready = SearchIndex.objects.filter(engine=postgresql.NAME, is_ready=True).order_by("-pk")
        return ready.values_list("name", flat=True).first()
    try:
        return (root() / "current").read_text(encoding="ascii").strip() or None
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def set_current(index: SearchIndex) -> None:
    """Have searches use this index from now on."""
    SearchIndex.objects.filter(pk=index.pk).update(is_ready=True)
    if index.engine not in SHARED_ENGINES:
        fresh = root() / "current.new"
        fresh.write_text(index.name, encoding="ascii")
        fresh.replace(root() / "current")


def register(engine: str) -> SearchIndex:
    """Return a new index, which is told of changes from now on."""
    version = analyzer.version()
    return SearchIndex.objects.create(
        name=f"{engine}-{version}-{secrets.token_hex(4)}",
        engine=engine,
        version=version,
        machine="" if engine in SHARED_ENGINES else machine(),
    )


def engine_of(name: str) -> str:
    return name.partition("-")[0]


def drop_others(kept: SearchIndex) -> None:
    """Remove this machine's other indexes, finished or not; only under `only_builder`."""
    others = SearchIndex.objects.filter(machine=kept.machine).exclude(pk=kept.pk)
    for other in others:
        if other.engine == postgresql.NAME:
            postgresql.drop(other.name)
    others.delete()
    if kept.machine:
        for folder in root().iterdir():
            if folder.is_dir() and folder.name != kept.name:
                shutil.rmtree(folder, ignore_errors=True)


def machine() -> str:
    """Return this VAR_DIR's own name."""
    path = root() / "machine"
    with contextlib.suppress(FileNotFoundError):
        if name := path.read_text(encoding="ascii").strip():
            return name
    fresh = root() / f"machine.{secrets.token_hex(4)}"
    fresh.write_text(secrets.token_hex(16), encoding="ascii")
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(fresh)  # whoever comes first names it
    fresh.unlink()
    return path.read_text(encoding="ascii").strip()


@contextlib.contextmanager
def only_builder() -> Iterator[None]:
    """Wait until no other process of this machine builds an index, and keep others out."""
    with (root() / "build.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def only_drainer() -> Iterator[bool]:
    """Give whether this process is the only one that follows changes here."""
    with (root() / "drain.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


Progress = Callable[[int, int], object]
