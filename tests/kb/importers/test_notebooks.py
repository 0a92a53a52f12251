"""Jupyter notebooks: cells become text and code, outputs become claims."""

import base64
import json
from pathlib import Path
from typing import Any

from kb.models import Article, Picture, Translation
from snippets.models import Snippet
from tests.kb.importers.conftest import Run
from tests.kb.importers.test_wordpress import PNG


def write(path: Path, *cells: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": list(cells)}))
    return path


def text(*source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": list(source)}


def code(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "outputs": list(outputs)}


def test_outputs_become_claims(run: Run, tmp_path: Path) -> None:
    path = write(
        tmp_path / "demo.ipynb",
        text("# Sums\n", "\n", "Look:"),
        code("print(1)\n2 + 3", {"output_type": "stream", "name": "stdout", "text": ["1\n"]},
             {"output_type": "execute_result", "data": {"text/plain": ["5"]}}),
    )  # fmt: skip

    report = run("notebook", path)

    stored = Translation.objects.get()
    assert stored.title == "Sums"
    assert stored.markdown == (
        "Look:\n\n```python run\nprint(1)\n2 + 3\n```\n\n```output\n1\n5\n```"
    )
    assert Snippet.objects.get().claim == "1\n5"
    assert (report["guides"], report["snippets"]) == (1, 1)


def test_progress_bars_are_folded(run: Run, tmp_path: Path) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "1%\r50%\r100%\nab\bc\n"}

    run("notebook", write(tmp_path / "a.ipynb", code("train()", output)))

    assert Snippet.objects.get().claim == "100%\nac"


def test_errors_are_expected(run: Run, tmp_path: Path) -> None:
    output = {"output_type": "error", "ename": "ZeroDivisionError", "traceback": []}

    run("notebook", write(tmp_path / "a.ipynb", code("1 / 0", output)))

    assert Snippet.objects.get().expects_error


def test_commands_are_shown_not_run(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", code("!pip install x"), code("%%bash\nls"), code("x = 1"))

    run("notebook", path)

    assert "```bash\n!pip install x\n```" in Translation.objects.get().markdown
    assert Snippet.objects.get().code == "x = 1"


def test_pictures_of_cells_and_outputs_are_kept(run: Run, tmp_path: Path) -> None:
    encoded = base64.b64encode(PNG).decode()
    cell = {**text("![a plot](attachment:p.png)"), "attachments": {"p.png": {"image/png": encoded}}}
    shown = {"output_type": "display_data", "data": {"image/png": encoded}}

    run("notebook", write(tmp_path / "a.ipynb", cell, code("plot()", shown)))

    assert (
        Translation.objects.get().markdown.count(f"(picture:{Picture.objects.get().digest})") == 2
    )


def test_old_format_is_read(run: Run, tmp_path: Path) -> None:
    cells = [{"cell_type": "heading", "level": 1, "source": "Old"},
             {"cell_type": "code", "input": "x = 1", "outputs": []}]  # fmt: skip
    path = tmp_path / "old.ipynb"
    path.write_text(json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}))

    run("notebook", path)

    assert Translation.objects.get().title == "Old"


def test_broken_notebooks_are_reported(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "good.ipynb", text("Text"))
    (tmp_path / "half.ipynb").write_text('{"cells": [{"cell_type"')
    (tmp_path / "list.ipynb").write_text("[]")
    write(tmp_path / "empty.ipynb")

    report = run("notebook", tmp_path)

    assert Article.objects.count() == 1
    rows = sorted(error["row"] for error in report["errors"])
    assert rows == ["empty.ipynb", "half.ipynb", "list.ipynb"]
