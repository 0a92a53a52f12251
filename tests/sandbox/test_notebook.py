"""What a run shows: bare expressions, short tracebacks, figures."""

import ast
import json

import pytest

from sandbox import Verdict
from sandbox.inside.notebook import DISPLAY, show_bare_expressions


def shown(source: str) -> list[str]:
    """Return the expressions of `source` that would be shown."""
    tree = show_bare_expressions(ast.parse(source), source)
    calls = [node.value for node in tree.body if isinstance(node, ast.Expr)]
    return [
        ast.unparse(call.args[0])
        for call in calls
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == DISPLAY
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = 1", []),
        ("x", ["x"]),
        ("f()\ng()", ["g()"]),
        ("x.shape\ny[0]\na == b\nz", ["x.shape", "y[0]", "a == b", "z"]),
        ("x.shape;", []),
        ("'a docstring'\nx = 1", []),
        ("if x:\n    y", []),
        ("[1, 2]\n3", ["3"]),
    ],
)
def test_a_notebook_reader_sees_what_stands_alone(source, expected):
    assert shown(source) == expected


@pytest.mark.jail
def test_none_is_not_shown(run):
    assert run("print('x')").stdout == "x\n"


@pytest.mark.jail
def test_a_traceback_holds_the_users_lines_only(run):
    result = run("import torch\n\ndef f():\n    return torch.ones(2) @ torch.ones(3)\n\nf()")

    assert result.verdict is Verdict.ERROR
    assert 'File "snippet.py", line 6, in <module>' in result.stderr
    assert 'File "snippet.py", line 4, in f' in result.stderr
    assert "harness" not in result.stderr
    assert (result.failure.type, result.failure.line) == ("RuntimeError", 4)


@pytest.mark.jail
def test_a_syntax_error_names_its_line(run):
    result = run("x = 1\ny = = 2")

    assert (result.failure.type, result.failure.line) == ("SyntaxError", 2)


@pytest.mark.jail
def test_a_setup_is_not_heard_and_shares_its_names(run):
    result = run("y", setup="print('unheard')\nimport os\nos.write(1, b'unheard')\ny = 41 + 1")

    assert (result.verdict, result.stdout) == (Verdict.OK, "42\n")


@pytest.mark.jail
def test_a_failing_setup_is_told_from_failing_code(run):
    result = run("print('never')", setup="1 / 0")

    assert (result.verdict, result.stdout) == (Verdict.ERROR, "")
    assert (result.failure.phase, result.failure.line) == ("setup", 1)


@pytest.mark.jail
def test_open_figures_come_back_as_pictures(run):
    result = run("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nplt.bar([1], [2])")

    assert [(a.kind, a.media_type) for a in result.artifacts] == [("figure", "image/png")] * 2
    assert all(a.data.startswith(b"\x89PNG") and a.width > 100 for a in result.artifacts)
    assert result.stdout == ""


@pytest.mark.jail
def test_the_same_seed_draws_the_same_numbers(host):
    from sandbox import Request
    from tests.sandbox.conftest import RUNTIME

    code = "import random, numpy, torch\nrandom.random(), numpy.random.rand(), torch.rand(1).item()"
    outputs = []
    for _ in range(2):
        *_, result = host.client.run(Request(code=code, runtime=RUNTIME, seed=7))
        outputs.append(result.stdout)

    assert outputs[0] == outputs[1] != ""


@pytest.mark.jail
def test_the_environment_of_a_run_is_recorded(run):
    environment = run("1").environment

    assert environment["packages"]["torch"].startswith("2.13.0")
    assert environment["limits"]["wall_seconds"] == 10.0
    assert len(environment["runtime_digest"]) == 12


@pytest.mark.jail
def test_classes_of_the_snippet_can_be_pickled(run):
    result = run("import pickle\nclass A:\n    x = 3\npickle.loads(pickle.dumps(A())).x, __name__")

    assert result.stdout == "(3, '__main__')\n"


@pytest.mark.jail
def test_a_data_frame_comes_back_as_text_and_as_a_table(run):
    result = run("import pandas as pd\npd.DataFrame({'a': [1, 2], 'b': ['<i>', 0.1]})")

    (table,) = result.artifacts
    assert (table.kind, table.media_type) == ("table", "application/json")
    assert json.loads(table.data) == {
        "columns": ["a", "b"],
        "index": ["0", "1"],
        "rows": [["1", "<i>"], ["2", "0.1"]],
        "shape": [2, 2],
    }
    assert result.stdout.splitlines()[0].split() == ["a", "b"]


@pytest.mark.jail
def test_a_librarys_warning_about_itself_is_kept_apart(run):
    result = run(
        "import warnings\n"
        "warnings.warn('mine')\n"
        "warnings.warn_explicit('its own', UserWarning, '/runtime/library.py', 3)\n"
    )

    assert result.stderr == "snippet.py:2: UserWarning: mine\n  warnings.warn('mine')\n"
    assert result.environment["warnings"] == ["UserWarning: its own"]


@pytest.mark.jail
def test_a_warning_made_an_error_is_an_error(run):
    result = run("import warnings\nwarnings.simplefilter('error')\nwarnings.warn('now')")

    assert result.verdict is Verdict.ERROR
    assert result.failure.type == "UserWarning"
