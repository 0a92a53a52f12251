"""A fragment gets the lines it lacks, and no others."""

from snippets.setups import ladder


def origins(rungs: list[dict[str, str]]) -> list[str]:
    return [rung["origin"] for rung in rungs]


def test_authored_setup_stands_alone() -> None:
    rungs = ladder("print(x)", "x = 1\n", earlier=["x = 2"])

    assert rungs == [{"origin": "authored", "code": "x = 1"}]


def test_whole_program_has_nothing_to_try_but_itself() -> None:
    assert ladder("import torch\ntorch.ones(1)") == [{"origin": "as-is", "code": ""}]


def test_known_names_are_imported() -> None:
    rungs = ladder("x = torch.ones(2)\nF.relu(nn.Linear(2, 1)(x))\nplt.plot(np.ones(2))")

    assert origins(rungs) == ["as-is", "imports"]
    assert set(rungs[1]["code"].split("\n")) == {
        "import torch",
        "import torch.nn.functional as F",
        "from torch import nn",
        "import matplotlib.pyplot as plt",
        "import numpy as np",
    }


def test_earlier_blocks_are_one_session_with_its_imports() -> None:
    rungs = ladder("print(model(x))", earlier=["x = torch.ones(1, 2)", "model = nn.Linear(2, 1)"])

    assert origins(rungs) == ["as-is", "session"]
    assert rungs[1]["code"] == (
        "import torch\nfrom torch import nn\n\nx = torch.ones(1, 2)\n\nmodel = nn.Linear(2, 1)"
    )


def test_earlier_block_that_would_stop_the_session_is_left_out() -> None:
    earlier = ["x = 1", "y = unknown + 1", "print 'old'", "z = x + 1"]

    session = ladder("z + 1", earlier=earlier)[-1]

    assert session["code"] == "x = 1\n\nz = x + 1"


def test_earlier_blocks_that_do_not_help_are_no_session() -> None:
    assert origins(ladder("print(missing)", earlier=["other = 1"])) == ["as-is"]
