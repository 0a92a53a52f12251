"""Tables that came out of a run: looked at before anyone draws them."""

import json
from typing import Any

ROWS_AT_MOST = 30
COLUMNS_AT_MOST = 20
CELL_CHARACTERS = 80


class NotATable(ValueError):
    """The bytes are no table that may be shown."""


def rewrite(data: bytes) -> bytes:
    """Return the table written anew: an object of columns, index, rows (text) and shape."""
    try:
        value = json.loads(data)
        columns = _texts(value["columns"], COLUMNS_AT_MOST)
        index = _texts(value["index"], ROWS_AT_MOST)
        rows = [_texts(row, COLUMNS_AT_MOST) for row in value["rows"][:ROWS_AT_MOST]]
        shape = [int(value["shape"][0]), int(value["shape"][1])]
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise NotATable(str(error)) from error
    if any(len(row) != len(columns) for row in rows) or len(rows) != len(index):
        raise NotATable("rows of other lengths than the header")
    table = {"columns": columns, "index": index, "rows": rows, "shape": shape}
    return json.dumps(table).encode("ascii")


def _texts(values: Any, count: int) -> list[str]:
    if not isinstance(values, list):
        raise NotATable("a row that is no list")
    return [str(value)[:CELL_CHARACTERS] for value in values[:count]]
