"""An import that is killed, and started again, makes the database of one that was not."""

import importlib
from pathlib import Path

from bench.dump import write_dump

# Named after what it measures, and `import` is a word of the language.
bench = importlib.import_module("bench.import")


def test_killed_import_ends_as_an_uninterrupted_one(tmp_path: Path) -> None:
    write_dump(tmp_path / "dump", posts=3_000)
    for name in ("whole", "killed"):
        bench.manage(tmp_path / name, "migrate", "--verbosity", "0")
    whole = bench.timed_import(tmp_path / "whole", tmp_path / "dump")

    hits = bench.import_with_kills(
        tmp_path / "killed", tmp_path / "dump", 3, around_seconds=whole["seconds"]
    )

    assert hits
    assert bench.fingerprint(tmp_path / "killed") == bench.fingerprint(tmp_path / "whole")
