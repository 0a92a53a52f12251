"""Data frames shown as tables: their cells as text, to be drawn by whoever shows the run."""

import json
from typing import Any

FOLDER = "/box/told"
TABLES_AT_MOST = 8
ROWS_AT_MOST = 30
COLUMNS_AT_MOST = 20
CELL_CHARACTERS = 80
_kept = 0


def keep(value: Any) -> None:
    """Keep a pandas data frame's first rows and columns; anything else is left alone."""
    global _kept
    kind = type(value)
    if kind.__name__ != "DataFrame" or not kind.__module__.startswith("pandas"):
        return
    if _kept >= TABLES_AT_MOST:
        return
    _kept += 1
    part = value.iloc[:ROWS_AT_MOST, :COLUMNS_AT_MOST]
    table = {
        "columns": [_cell(name) for name in part.columns],
        "index": [_cell(name) for name in part.index],
        "rows": [[_cell(cell) for cell in row] for row in part.itertuples(index=False)],
        "shape": list(value.shape),
    }
    with open(f"{FOLDER}/table-{_kept:02}.json", "w", encoding="utf-8", errors="replace") as file:
        json.dump(table, file)


def _cell(value: Any) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - 1] + "…"
