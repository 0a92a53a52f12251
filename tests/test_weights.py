"""A reader's page stays light: style sheets and scripts, compressed."""

import gzip
from pathlib import Path

STATIC = Path(__file__).resolve().parents[1] / "static"


# What the desk and the admin load, no reader does.
OTHERS = ("desk", "admin")


def compressed_bytes(folder: str) -> int:
    own = [path for path in (STATIC / folder).glob("*.*") if not path.name.startswith(OTHERS)]
    return sum(len(gzip.compress(path.read_bytes())) for path in own)


def test_style_sheets_weigh_at_most_15_kilobytes():
    assert compressed_bytes("css") <= 15_000


def test_scripts_weigh_at_most_25_kilobytes():
    assert compressed_bytes("js") <= 25_000
