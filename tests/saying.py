"""The sentences that our code writes, read from its source."""

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VALUE = "7"
"""Stands in each sentence for a value that is known only when it is written."""


def sentences_of(calls: Collection[str], *folders: str) -> Iterator[tuple[str, str]]:
    """Yield each sentence that is handed to one of `calls`, and the file and line of it.

    A call's name counts, or that of the argument where the sentence has one (`reason`).
    """
    for path in sorted(one for folder in folders for one in _sources(folder)):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in calls:
                for argument in (*node.args, *(one.value for one in node.keywords)):
                    if isinstance(argument, ast.JoinedStr | ast.Constant):
                        text = _text(argument)
                        if " " in text.replace(VALUE, "").strip(" :"):
                            yield f"{path.relative_to(ROOT)}:{node.lineno}", text


def _sources(place: str) -> Iterator[Path]:
    path = ROOT / place
    yield from path.rglob("*.py") if path.is_dir() else [path]


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(
            VALUE if isinstance(x, ast.FormattedValue) else _text(x) for x in node.values
        )
    value = node.value if isinstance(node, ast.Constant) else ""
    return value if isinstance(value, str) else ""
