"""Tables are written anew, and only tables."""

import json

import pytest

from sandbox.tables import NotATable, rewrite

GOOD = {"columns": ["a"], "index": ["0"], "rows": [["1"]], "shape": [1, 1]}


def test_a_table_keeps_its_cells():
    assert json.loads(rewrite(json.dumps(GOOD).encode())) == GOOD


def test_a_huge_table_is_cut_to_what_is_shown():
    wide = {
        "columns": ["x" * 1000] * 100,
        "index": ["0"] * 100,
        "rows": [["y" * 1000] * 100] * 100,
        "shape": [100, 100],
    }

    table = json.loads(rewrite(json.dumps(wide).encode()))

    assert (len(table["columns"]), len(table["rows"]), len(table["rows"][0][0])) == (20, 30, 80)


@pytest.mark.parametrize(
    "value",
    [
        None, [], "x", {}, {**GOOD, "rows": [["1", "2"]]}, {**GOOD, "rows": "x"},
        {**GOOD, "index": []}, {**GOOD, "shape": []}, {**GOOD, "columns": 5},
    ],
)  # fmt: skip
def test_anything_else_is_refused(value):
    with pytest.raises(NotATable):
        rewrite(json.dumps(value).encode())


@pytest.mark.parametrize("data", [b"", b"\xff", b"[" * 100_000])
def test_what_is_not_json_is_refused(data):
    with pytest.raises(NotATable):
        rewrite(data)
