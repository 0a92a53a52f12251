"""Unpacking an uploaded zip file, which may be hostile: within its folder, and never too much."""

import lzma
import os
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from kb.importers.base import ImportRefused
from kb.importers.faults import fault_of

MOST_FILES = 50_000
START = b"PK\x03\x04"
CHUNK_BYTES = 1 << 20
DAMAGES = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError)
# What systems put into zip files beside the files.
IGNORED = {"__MACOSX", ".DS_Store", "Thumbs.db"}


def is_zip(path: Path) -> bool:
    """Say whether it is a zip file, be it one that is cut off."""
    with path.open("rb") as file:
        begins = file.read(len(START)) == START
    return begins or zipfile.is_zipfile(path)


def unpack(*, path: Path, folder: Path, most_bytes: int) -> Path:
    """Unpack a zip file into the new `folder`; return the folder that its files are in.

    Raises ImportRefused for names that lead outside, links, encrypted files, and contents of
    more than `most_bytes`, counted as they are written: what the file says of itself may be a lie.
    """
    folder.mkdir()
    left = most_bytes
    try:
        with zipfile.ZipFile(path) as file:
            entries = [one for one in file.infolist() if not _is_ignored(one)]
            if len(entries) > MOST_FILES:
                raise ImportRefused(
                    f"{path.name} holds {len(entries):,} files, at most {MOST_FILES:,}"
                )
            for entry in entries:
                place = folder / _safe_name(entry)
                if entry.is_dir():
                    place.mkdir(parents=True, exist_ok=True)
                    continue
                place.parent.mkdir(parents=True, exist_ok=True)
                left -= _write(file, entry, place, left)
    except DAMAGES as error:
        raise ImportRefused(f"{path.name} is a damaged zip file: {fault_of(error)}") from error
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise ImportRefused(f"{path.name} holds a file and a folder of one name") from error
    return _root(folder)


def _is_ignored(entry: zipfile.ZipInfo) -> bool:
    return bool(IGNORED & set(PurePosixPath(entry.filename).parts))


def _safe_name(entry: zipfile.ZipInfo) -> PurePosixPath:
    """Return the entry's path below the folder; raises ImportRefused where it would leave it."""
    name = entry.filename
    place = PurePosixPath(name)
    is_outside = place.is_absolute() or ".." in place.parts or not place.parts
    if is_outside or "\\" in name or ":" in place.parts[0] or not name.isprintable():
        raise ImportRefused(f"the zip file holds {name!r}, which leads outside of its folder")
    mode = entry.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise ImportRefused(f"the zip file holds {name!r}, which is a link or a device")
    if entry.flag_bits & 1:
        raise ImportRefused(f"the zip file holds {name!r}, which is encrypted")
    if any(len(os.fsencode(part)) > 200 for part in place.parts):
        raise ImportRefused(f"the zip file holds a name that is too long: {name[:60]!r}…")
    return place


def _write(file: zipfile.ZipFile, entry: zipfile.ZipInfo, place: Path, left: int) -> int:
    """Write one file; return its size. Raises ImportRefused beyond `left` bytes."""
    written = 0
    with file.open(entry) as source, place.open("xb") as target:
        while data := source.read(CHUNK_BYTES):
            written += len(data)
            if written > left:
                raise ImportRefused("the zip file unpacks to more than is allowed; split it")
            target.write(data)
    return written


def _root(folder: Path) -> Path:
    """Return the folder itself, or the only folder in it that holds everything."""
    while len(inside := list(folder.iterdir())) == 1 and inside[0].is_dir():
        folder = inside[0]
    return folder
