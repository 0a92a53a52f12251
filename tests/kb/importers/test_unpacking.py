"""An uploaded zip file stays in its folder and within its limit."""

import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.importers.base import ImportRefused
from kb.importers.unpacking import is_zip, unpack

MOST = 100_000
Zip = Callable[..., Path]


@pytest.fixture
def made(tmp_path: Path) -> Zip:
    def make(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for name, data in entries:
                file.writestr(name, data)
        return path

    return make


def test_only_folder_of_a_zip_is_its_root(made: Zip, tmp_path: Path) -> None:
    path = made(("a/b/x.md", b"x"), ("a/b/y.md", b"y"), ("__MACOSX/a/._x.md", b"junk"))

    root = unpack(path=path, folder=tmp_path / "out", most_bytes=MOST)

    assert root == tmp_path / "out/a/b"
    assert sorted(one.name for one in root.iterdir()) == ["x.md", "y.md"]


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "..\\evil", "C:/evil"])
def test_name_that_leads_outside_is_refused(made: Zip, tmp_path: Path, name: str) -> None:
    entry = zipfile.ZipInfo("placeholder")
    entry.filename = name

    with pytest.raises(ImportRefused, match="outside"):
        unpack(path=made((entry, b"x")), folder=tmp_path / "out", most_bytes=MOST)

    assert not list(tmp_path.rglob("evil"))


def test_link_is_refused(made: Zip, tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("link")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16

    with pytest.raises(ImportRefused, match="link"):
        unpack(path=made((entry, b"/etc/passwd")), folder=tmp_path / "out", most_bytes=MOST)


def test_bomb_stops_at_the_limit(made: Zip, tmp_path: Path) -> None:
    path = made(*((f"{number}.txt", b"0" * 60_000) for number in range(3)))

    with pytest.raises(ImportRefused, match="more than is allowed"):
        unpack(path=path, folder=tmp_path / "out", most_bytes=MOST)

    written = sum(one.stat().st_size for one in (tmp_path / "out").iterdir())
    assert written <= MOST


def test_damaged_and_doubled_files_are_refused(made: Zip, tmp_path: Path) -> None:
    path = made(("a.txt", b"x" * 5000))
    data = bytearray(path.read_bytes())
    data[40:60] = b"\xff" * 20
    path.write_bytes(data)

    with pytest.raises(ImportRefused, match="damaged"):
        unpack(path=path, folder=tmp_path / "out", most_bytes=MOST)


def test_text_is_no_zip(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("PK, but not a zip file")

    assert not is_zip(tmp_path / "a")
