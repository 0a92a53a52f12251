"""Secrets are made once, whole, and for their owner's eyes."""

import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from config.secret import read_or_make


def test_a_secret_is_made_once_and_kept(tmp_path):
    first = read_or_make(tmp_path / "var" / "key")

    assert read_or_make(tmp_path / "var" / "key") == first
    assert len(first) >= 64


def test_a_secret_is_readable_by_its_owner_alone(tmp_path):
    path = tmp_path / "var" / "key"

    read_or_make(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_makers_that_race_agree(tmp_path):
    path = tmp_path / "key"

    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        made = set(pool.map(read_or_make, [path] * 12))

    assert len(made) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["key"]


def test_a_maker_that_was_killed_does_not_hinder_the_next(tmp_path):
    path = tmp_path / "key"
    (tmp_path / f".key.{'1' * 7}").write_text("half")

    assert read_or_make(path)


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(OSError, match="Not a directory"):
        read_or_make(tmp_path / "file" / "key")
