"""An export is of one moment, and holds up nobody who writes meanwhile."""

import json
import threading
from pathlib import Path

import pytest
from django.db import connection

from kb.models import Tag
from kb.transfer.exporting import export_site


def add_tag(slug: str) -> None:
    """Write through a connection of its own, as a web process would."""

    def write() -> None:
        Tag.objects.create(slug=slug, name_zh=slug, name_en=slug)
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()


@pytest.mark.django_db(transaction=True)
def test_rows_written_meanwhile_are_left_out(tmp_path: Path) -> None:
    add_tag("before")
    seen: list[str] = []

    def on_table(name: str) -> None:
        # The snapshot begins with the first row that is read.
        if len(seen) == 1:
            add_tag("meanwhile")
        seen.append(name)

    export_site(folder=tmp_path / "out", on_table=on_table)

    rows = (tmp_path / "out" / "data" / "kb.tag.jsonl").read_text().splitlines()
    assert [json.loads(row)["slug"] for row in rows] == ["before"]
    assert Tag.objects.filter(slug="meanwhile").exists()
