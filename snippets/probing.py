"""A second run that looks at the statements that something is claimed of.

The program is rewritten so that those statements tell what they print and what
they evaluate to; what it tells comes back as one line of JSON behind a mark.
"""

import ast
import copy
import json
from collections.abc import Sequence
from typing import Any

from snippets import code as codes
from snippets.claims import Claim

MARK = "\u241fzhiyan-observed\u241f"
TEXT_CHARACTERS = 4000
VALUES_AT_MOST = 64
OCCURRENCES_AT_MOST = 3

# Runs before the program, beside its setup. Names begin with an underscore so that nothing
# of the author's meets them.
HELPER = f"""
import io as _zy_io, json as _zy_json, sys as _zy_sys, atexit as _zy_atexit
class _ZyTee(_zy_io.StringIO):
    def __init__(self, out):
        super().__init__()
        self.out = out
    def write(self, text):
        super().write(text)
        return self.out.write(text)
class _Zy:
    seen = []
    stack = []
    def begin(self, number):
        self.stack.append((number, _zy_sys.stdout))
        _zy_sys.stdout = _ZyTee(_zy_sys.stdout)
    def end(self, number):
        if not self.stack:
            return
        tee = _zy_sys.stdout
        _zy_sys.stdout = self.stack.pop()[1]
        self.seen.append({{"claim": number, "printed": tee.getvalue()[:{TEXT_CHARACTERS}]}})
    def look(self, number, get):
        try:
            value = get()
        except Exception:
            return None
        self.seen.append({{"claim": number, **self.describe(value)}})
        return value
    def value(self, number, value):
        self.look(number, lambda: value)
        return value
    def describe(self, value):
        told = {{"type": type(value).__name__}}
        for key, write in (("repr", repr), ("str", str)):
            try:
                told[key] = write(value)[:{TEXT_CHARACTERS}]
            except Exception:
                pass
        try:
            told["shape"] = [None if n is None else int(n) for n in tuple(value.shape)]
        except Exception:
            pass
        try:
            array = value.detach().cpu() if hasattr(value, "detach") else value
            array = array.numpy() if hasattr(array, "numpy") else array
            size = int(array.size)
            if size <= {VALUES_AT_MOST}:
                told["numbers"] = [float(n) for n in array.reshape(-1)]
        except Exception:
            pass
        return told
    def tell(self):
        print({MARK!r} + _zy_json.dumps(self.seen[:400]))
_zy = _Zy()
_zy_atexit.register(_zy.tell)
"""


def instrumented(program: str, claims: Sequence[Claim]) -> str:
    """Return the program with its claimed statements telling what they print and give."""
    tree = copy.deepcopy(codes.tree_of(program))
    by_line: dict[int, list[int]] = {}
    for number, claim in enumerate(claims):
        by_line.setdefault(claim.line, []).append(number)
    watched = _Watcher(by_line, claims).visit(tree)
    return ast.unparse(ast.fix_missing_locations(watched))


def read_observations(stdout: str) -> dict[int, list[dict[str, Any]]]:
    """Return what was seen for each claim, by its number, in order."""
    at = stdout.rfind(MARK)
    seen: dict[int, list[dict[str, Any]]] = {}
    if at < 0:
        return seen
    try:
        told = json.loads(stdout[at + len(MARK) :].split("\n", maxsplit=1)[0])
        for item in told:
            seen.setdefault(int(item.pop("claim")), []).append(item)
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}  # the program printed the mark itself, or was cut off
    return seen


class _Watcher(ast.NodeTransformer):
    def __init__(self, by_line: dict[int, list[int]], claims: Sequence[Claim]) -> None:
        self._by_line = by_line
        self._claims = claims

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                setattr(node, field, [new for old in block for new in self._watched(old)])
        return node

    def _watched(self, statement: ast.stmt) -> list[ast.stmt]:
        numbers = self._by_line.get(statement.end_lineno or -1, [])
        if not numbers or not isinstance(
            statement, ast.Expr | ast.Assign | ast.AugAssign | ast.AnnAssign
        ):
            return [statement]
        first = numbers[0]
        inner: list[ast.stmt] = [statement]
        if isinstance(statement, ast.Expr):
            statement.value = _call("value", first, statement.value)
        for number in numbers:
            claim = self._claims[number]
            if claim.about:
                inner.append(_look(number, claim.about))
            elif not isinstance(statement, ast.Expr) and (target := _target(statement)):
                inner.append(_look(number, target))
            elif number != first and isinstance(statement, ast.Expr):
                statement.value = _call("value", number, statement.value)
        begin = [ast.Expr(_call("begin", number)) for number in numbers]
        end = [ast.Expr(_call("end", number)) for number in reversed(numbers)]
        return [*begin, *inner, *end]


def _target(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Assign):
        return ast.unparse(statement.targets[0])
    if isinstance(statement, ast.AugAssign | ast.AnnAssign):
        return ast.unparse(statement.target)
    return ""


def _look(number: int, expression: str) -> ast.stmt:
    return ast.parse(f"_zy.look({number}, lambda: {expression})").body[0]


def _call(method: str, number: int, *values: ast.expr) -> ast.Call:
    function = ast.Attribute(ast.Name("_zy", ast.Load()), method, ast.Load())
    return ast.Call(function, [ast.Constant(number), *values], [])
