"""Run a snippet as a notebook cell runs: bare expressions shown, figures kept, short tracebacks."""

import ast
import atexit
import builtins
import json
import linecache
import os
import sys
import threading
import traceback
import types
import warnings
from typing import Any

from sandbox.inside import figures, streams, tables

CODE_NAME = "snippet.py"
SETUP_NAME = "setup.py"
DISPLAY = "__show_bare_expression__"
TOLD = "/box/told/end.json"
MESSAGE_CHARACTERS = 4000
WARNINGS_AT_MOST = 10


_framework_warnings: list[str] = []


def prepare(warm_up: str) -> None:
    """Do all that can be done before the user's code is known.

    The warm-up makes the libraries do what they do at first use, and copies the
    pages that every run writes to: a fork shares them until then.
    """
    streams.install()
    sys.argv = [CODE_NAME]
    sys.path.insert(0, "/work")
    setattr(builtins, DISPLAY, _display)
    figures.watch()
    with streams.Silence():
        _execute(warm_up + "\n0", CODE_NAME, _new_main())
    figures.forget()
    _framework_warnings.clear()
    # The user's filters still decide what is a warning at all; this only says where it goes.
    warnings.showwarning = _show_warning


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: Any = None,
    line: str | None = None,
) -> None:
    """Print what the user's own lines caused; keep a library's talk about itself apart."""
    if file is not None or filename in (CODE_NAME, SETUP_NAME):
        text = warnings.formatwarning(message, category, filename, lineno, line)
        (file or sys.stderr).write(text)
    elif len(_framework_warnings) < WARNINGS_AT_MOST:
        _framework_warnings.append(f"{category.__name__}: {message}"[:MESSAGE_CHARACTERS])


def _new_main() -> types.ModuleType:
    module = types.ModuleType("__main__")
    module.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = module
    return module


def run(request: dict[str, Any]) -> int:
    """Execute the setup unheard, then the code; return the exit code."""
    module = _new_main()
    exit_code = 0
    if request["setup"]:
        with streams.Silence():
            exit_code = _execute(request["setup"], SETUP_NAME, module)
        figures.forget()
    if exit_code == 0:
        exit_code = _execute(request["code"], CODE_NAME, module)
    return _finish(exit_code)


def _finish(exit_code: int) -> int:
    try:
        figures.keep_open_ones()
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
    except SystemExit as error:
        exit_code = exit_code or _exit_code(error)
    except BaseException:  # noqa: BLE001 - a failing exit handler is the user's, as in Python
        traceback.print_exc()
    streams.flush()
    if not os.path.exists(TOLD):
        _tell({"completed": True})
    return exit_code


def _used_device() -> dict[str, Any] | None:
    """Return the accelerator the code used and its most memory, as torch counts; else None."""
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_initialized():
        return None
    peak = torch.cuda.max_memory_allocated()
    return {"name": torch.cuda.get_device_name(), "memory_bytes": peak}


def _tell(value: dict[str, Any]) -> None:
    """Say how the code ended; a run that says nothing was cut short from inside."""
    with open(TOLD, "w", encoding="utf-8", errors="backslashreplace") as file:
        about = {"device": _used_device(), "warnings": _framework_warnings}
        json.dump({**value, **about}, file)


def _execute(source: str, name: str, module: types.ModuleType) -> int:
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    try:
        tree = ast.parse(source, name)
        if name == CODE_NAME:
            tree = show_bare_expressions(tree, source)
        exec(compile(tree, name, "exec"), module.__dict__)  # noqa: S102 - what a sandbox is for
    except SystemExit as error:
        return _exit_code(error)
    except BaseException as error:  # noqa: BLE001 - every way to fail is reported the same way
        streams.flush()
        _report(error, name)
        return 1
    return 0


def _exit_code(error: SystemExit) -> int:
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code & 0xFF
    print(error.code, file=sys.stderr)
    return 1


def show_bare_expressions(tree: ast.Module, source: str) -> ast.Module:
    """Wrap the expressions that a reader of notebooks expects to see.

    The last statement, whatever expression it is; earlier ones only where
    standing alone they can mean nothing but "look": names, attributes,
    subscripts, comparisons. A final semicolon silences, as in a notebook.
    """
    looks = (ast.Name, ast.Attribute, ast.Subscript, ast.Compare)
    silenced = source.rstrip().endswith(";")
    for index, node in enumerate(tree.body):
        is_last = index == len(tree.body) - 1
        if not isinstance(node, ast.Expr) or (is_last and silenced):
            continue
        if isinstance(node.value, ast.Constant) and not is_last:
            continue
        if is_last or isinstance(node.value, looks):
            function = ast.copy_location(ast.Name(DISPLAY, ast.Load()), node.value)
            node.value = ast.copy_location(ast.Call(function, [node.value], []), node.value)
    return tree


def _display(value: object) -> None:
    if value is None or figures.is_plot(value):
        return
    print(repr(value))
    tables.keep(value)


def _report(error: BaseException, name: str) -> None:
    """Print the traceback without any frame but the user's, and tell it to the supervisor."""
    report = traceback.TracebackException.from_exception(error, capture_locals=False)
    _keep_own_frames(report, set())
    print("".join(report.format()), end="", file=sys.stderr)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == name]
    line = frames[-1].lineno if frames else getattr(error, "lineno", None)
    told = {
        "type": type(error).__name__,
        "message": str(error)[:MESSAGE_CHARACTERS],
        "line": line,
        "phase": "setup" if name == SETUP_NAME else "code",
    }
    _tell({"failure": told})


def _keep_own_frames(report: traceback.TracebackException, seen: set[int]) -> None:
    if id(report) in seen:
        return
    seen.add(id(report))
    own = [frame for frame in report.stack if frame.filename in (CODE_NAME, SETUP_NAME)]
    report.stack = traceback.StackSummary.from_list(own)
    related = [report.__cause__, report.__context__, *(getattr(report, "exceptions", None) or [])]
    for other in related:
        if other is not None:
            _keep_own_frames(other, seen)
