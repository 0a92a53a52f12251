"""A snippet goes to the runtimes that have what it asks for."""

import pytest

from sandbox import load_all
from snippets.fitting import borrowed_libraries, fitting_runtimes

BOTH = ["tf-2.21", "tf-2.15"]


def fitting(code: str, *wanted: str) -> list[str]:
    return fitting_runtimes(code=code, wanted=wanted, runtimes=load_all())


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import torch", ["torch-2.13"]),
        ("x = torch.ones(2)", ["torch-2.13"]),
        ("from keras.models import Sequential", BOTH),
        ("model.add(LSTM(4))", BOTH),
        ("print(1 + 1)", ["torch-2.13"]),
        ("import numpy as np\nnp.ones(2)", ["torch-2.13"]),
        ("import torchvision", ["torch-2.13"]),
        ("import autokeras as ak", BOTH),
        ("import no_runtime_has_this", ["torch-2.13"]),
        (
            "model = torch.nn.Sequential(\n  torch.nn.Linear(1, 2)\n  torch.nn.ReLU()\n)",
            ["torch-2.13"],
        ),
        ("model.add(LSTM(4)\nmodel.add(Dense(1))", BOTH),
    ],
)
def test_imports_and_known_names_decide(code: str, names: list[str]) -> None:
    assert fitting(code) == names


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("model.load_state_dict(state)", ["torch-2.13"]),
        ("model.fit(x, y, epochs=2)", BOTH),
        ("loss.backward()", ["torch-2.13"]),
        ("outputs = LSTM(units)(inputs)", BOTH),
        ("import pandas_profiling", ["pandas-profiling"]),
    ],
)
def test_methods_that_only_one_library_has_decide_where_names_do_not(
    code: str, names: list[str]
) -> None:
    assert fitting(code) == names


def test_code_around_it_decides_where_its_own_is_silent() -> None:
    runtimes = load_all()
    borrowed = borrowed_libraries(
        code="print(x)", earlier=["x = tf.constant(1)"], runtimes=runtimes
    )

    assert (
        fitting_runtimes(code="print(x)", wanted=(), runtimes=runtimes, borrowed=borrowed) == BOTH
    )


def test_authors_list_rules() -> None:
    assert fitting("import torch", "tf-2.15", "gone-1.0") == ["tf-2.15"]
