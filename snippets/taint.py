"""What in a program hangs on its stand-ins: whatever reads them, and whatever reads that."""

import ast
from collections.abc import Collection

from snippets import code as codes


def lines_that_depend(program: str, names: Collection[str]) -> set[int]:
    """Return the last lines of the statements that read one of `names`, directly or not.

    Order and branches are not told apart: a name that ever held such a value
    holds one everywhere. So a line that is not listed is certainly free of them.
    """
    tree = codes.tree_of(program)
    tainted = set(names)
    statements = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    while True:
        before = len(tainted)
        for statement in statements:
            if _reads(statement) & tainted:
                tainted |= _writes(statement)
        if len(tainted) == before:
            break
    return {
        statement.end_lineno or statement.lineno
        for statement in statements
        if _reads(statement) & tainted
    }


def _reads(statement: ast.stmt) -> set[str]:
    read = {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        read.add(statement.target.id)
    return read


def _writes(statement: ast.stmt) -> set[str]:
    """Return the names that it binds, and those whose methods it calls: they may be changed."""
    written: set[str] = set()
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        written.add(statement.name)
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            written.add(node.id)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            root: ast.expr = node.func
            while isinstance(root, ast.Attribute | ast.Subscript | ast.Call):
                root = root.func if isinstance(root, ast.Call) else root.value
            if isinstance(root, ast.Name):
                written.add(root.id)
    return written
