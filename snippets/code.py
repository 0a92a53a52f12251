"""What a piece of code is, told without running it."""

import ast
import builtins
import functools
import hashlib
import io
import re
import symtable
import textwrap
import tokenize
import warnings
from collections.abc import Iterator, Sequence
from enum import StrEnum


class Kind(StrEnum):
    PYTHON = "python"
    PYTHON2 = "python2"
    BROKEN = "broken"  # neither Python 3 nor Python 2 can read it


# What only Python 2 reads: a print statement, exec as a statement, `raise E, "text"`,
# `except E, name`, backticks, <>, octal 0777, u-less long 10L.
PYTHON2_LINE = re.compile(
    r"""^\s*(?:
        print\s+(?![=.,)(\[]|\s*$)[^=\s]
      | print\s*(?:"|')
      | exec\s+["'\w]
      | raise\s+\w+\s*,\s*\S
      | except\s+[\w.]+\s*,\s*\w+\s*:
    )|<>|\bur"|\b\d+L\b""",
    re.VERBOSE | re.MULTILINE,
)


def tidy(code: str) -> str:
    """Return `code` as it can be run: line feeds, no common indentation, no non-breaking spaces."""
    unified = code.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    return textwrap.dedent(unified).strip("\n")


def normalise(code: str) -> str:
    """Return `code` in the form in which two copies of it are equal: tidy, line ends stripped."""
    return "\n".join(line.rstrip() for line in tidy(code).split("\n")).strip("\n")


def digest(code: str) -> str:
    """Return the sha256 that names `code`, the same for equal normalised code."""
    return hashlib.sha256(normalise(code).encode("utf-8", "surrogatepass")).hexdigest()


def is_digest(text: str) -> bool:
    """Say whether `text` has the form of what `digest` returns."""
    return len(text) == 64 and not set(text) - set("0123456789abcdef")


def classify(code: str) -> Kind:
    """Say which Python reads `code`."""
    if syntax_error(code) is None:
        return Kind.PYTHON
    return Kind.PYTHON2 if PYTHON2_LINE.search(_without_strings(code)) else Kind.BROKEN


# Whatever judges a snippet asks these of the same code several times in a row.
_for_one_code_after_another = functools.lru_cache(maxsize=64)


@_for_one_code_after_another
def syntax_error(code: str) -> SyntaxError | None:
    """Return why Python 3 cannot compile `code`, or None."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            # Not only `ast.parse`: `return` outside a function parses.
            compile(code, "<snippet>", "exec", dont_inherit=True)
        except SyntaxError as error:
            return error.with_traceback(None)
        except (ValueError, RecursionError, MemoryError, OverflowError) as error:
            return SyntaxError(str(error) or type(error).__name__)
    return None


@_for_one_code_after_another
def imported_roots(code: str) -> frozenset[str]:
    """Return the top-level packages that `code` imports anywhere; empty when it does not parse."""
    roots: set[str] = set()
    for node in nodes_of(code):
        if isinstance(node, ast.Import):
            roots |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            roots.add(node.module.partition(".")[0])
    return frozenset(roots)


def defined_names(code: str) -> set[str]:
    """Return the names that `code` binds for what follows it."""
    if syntax_error(code) is not None:
        return set()
    top = _symbols(code)
    declared = {
        symbol.get_name()
        for table in _scopes(top)
        for symbol in table.get_symbols()
        if symbol.is_declared_global() and _is_bound(symbol)
    }
    return declared | {symbol.get_name() for symbol in top.get_symbols() if _is_bound(symbol)}


def undefined_names(code: str) -> list[str]:
    """Return the names that `code` reads and binds nowhere, in order of appearance.

    Code that does not compile, or that imports everything from somewhere, has none.
    """
    return list(_undefined_names(code))


@_for_one_code_after_another
def _undefined_names(code: str) -> tuple[str, ...]:
    nodes = nodes_of(code)
    if syntax_error(code) is not None or _imports_everything(nodes):
        return ()
    early = _read_before_bound(tree_of(code))
    defined = defined_names(code)
    known = (defined - early) | set(dir(builtins)) | {"__file__"}
    missing = {
        symbol.get_name()
        for table in _scopes(_symbols(code))
        for symbol in table.get_symbols()
        if symbol.is_referenced()
        and (symbol.is_global() or table.get_type() == "module")
        and symbol.get_name() not in known
    } | (early - set(dir(builtins)))
    if "input" not in defined and _is_only_data(nodes, "input"):
        missing.add("input")
    order = [node.id for node in nodes if isinstance(node, ast.Name)]
    at = {name: place for place, name in reversed(list(enumerate(order)))}
    return tuple(sorted(missing, key=lambda name: at.get(name, len(order))))


def _is_only_data(nodes: Sequence[ast.AST], name: str) -> bool:
    """Say whether a builtin function's name is read and never called: `model(input)`."""
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    uses = [n for n in nodes if isinstance(n, ast.Name) and n.id == name]
    return bool(uses) and not any(id(use) in called for use in uses)


def _read_before_bound(tree: ast.Module) -> set[str]:
    """Return the names that the module itself reads first and binds later: `model = f(model)`."""
    reader = _Order()
    for statement in tree.body:
        reader.visit(statement)
    return reader.early & reader.bound


class _Order(ast.NodeVisitor):
    """Goes through a module's own statements in the order in which they are evaluated."""

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.early: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            if node.id not in self.bound:
                self.early.add(node.id)
        else:
            self.bound.add(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self.visit(target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name) and node.target.id not in self.bound:
            self.early.add(node.target.id)
        self.visit(node.value)
        self.visit(node.target)

    def visit_For(self, node: ast.For) -> None:
        for part in (node.iter, node.target, *node.body, *node.orelse):
            self.visit(part)

    def visit_alias(self, node: ast.alias) -> None:
        self.bound.add(node.asname or node.name.partition(".")[0])

    def _visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        # Its body runs later, when everything is bound.
        for part in (*node.decorator_list, *node.args.defaults):
            self.visit(part)
        self.bound.add(node.name)

    visit_FunctionDef = _visit_function  # noqa: N815
    visit_AsyncFunctionDef = _visit_function  # noqa: N815

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in (*node.decorator_list, *node.bases):
            self.visit(part)
        self.bound.add(node.name)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        pass

    def _visit_comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> None:
        own = {
            name.id
            for generator in node.generators
            for name in ast.walk(generator.target)
            if isinstance(name, ast.Name)
        }
        inner = _Order()
        inner.bound = self.bound | own
        inner.generic_visit(node)
        self.early |= inner.early

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = (  # noqa: N815
        _visit_comprehension
    )

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.bound.add(node.name)
        self.generic_visit(node)


def _symbols(code: str) -> symtable.SymbolTable:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return symtable.symtable(code, "<snippet>", "exec")


def _scopes(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _scopes(child)


def _imports_everything(nodes: Sequence[ast.AST]) -> bool:
    return any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in nodes)


def _is_bound(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


@_for_one_code_after_another
def tree_of(code: str) -> ast.Module:
    """Return the syntax tree, empty where `code` does not parse. Others have it, too: copy it
    before you change it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return ast.Module(body=[], type_ignores=[])


@_for_one_code_after_another
def nodes_of(code: str) -> tuple[ast.AST, ...]:
    """Return every node of the syntax tree, as `ast.walk` goes through it."""
    return tuple(ast.walk(tree_of(code)))


def _without_strings(code: str) -> str:
    """Return `code` with the inside of its strings and comments blanked, as far as it tokenizes."""
    lines = code.split("\n")
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.COMMENT:
                row, column = token.start
                lines[row - 1] = lines[row - 1][:column]
            elif token.type == tokenize.STRING and token.start[0] != token.end[0]:
                for row in range(token.start[0], token.end[0] - 1):
                    lines[row] = ""
    except (tokenize.TokenError, SyntaxError):
        pass  # what follows cannot be read; what was blanked so far stays blanked
    return "\n".join(lines)
