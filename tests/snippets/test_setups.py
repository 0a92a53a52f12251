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

    assert origins(rungs)[:2] == ["as-is", "session"]
    assert rungs[1]["code"] == (
        "import torch\nfrom torch import nn\n\nx = torch.ones(1, 2)\n\nmodel = nn.Linear(2, 1)"
    )


def test_earlier_block_that_would_stop_the_session_is_left_out() -> None:
    earlier = ["x = 1", "y = unknown + 1", "print 'old'", "z = x + 1"]

    session = ladder("z + 1", earlier=earlier)[1]

    assert session["code"] == "x = 1\n\nz = x + 1"


def test_session_without_what_nothing_needs_is_tried_after_the_whole_one() -> None:
    rungs = ladder("z + 1", earlier=["raise ValueError", "z = 1"])

    sessions = [rung["code"] for rung in rungs if rung["origin"] == "session"]
    assert sessions == ["raise ValueError\n\nz = 1", "z = 1"]


def test_earlier_blocks_that_do_not_help_are_no_session() -> None:
    assert "session" not in origins(ladder("print(missing)", earlier=["other = 1"]))


def test_stand_ins_come_last_and_the_setups_of_curators_before_them() -> None:
    rungs = ladder("loss = model(x).sum()", shared=["model = nn.Linear(3, 1)"])

    assert origins(rungs) == ["as-is", "shared", "stand-ins"]


def test_curators_own_setup_stands_alone_with_the_imports_that_it_lacks() -> None:
    (rung,) = ladder("model(x)", setup="x = 1", curated="model = nn.Linear(3, 1)")

    assert (rung["origin"], rung["code"]) == (
        "curated",
        "from torch import nn\nmodel = nn.Linear(3, 1)",
    )


def test_mended_code_is_a_part_of_every_rung() -> None:
    rungs = ladder("if x:\n    # nothing\nprint(torch.ones(1))")

    assert {(rung["program"], *rung["repairs"]) for rung in rungs} == {
        ("if x:\n    pass\n    # nothing\nprint(torch.ones(1))", "bodies")
    }
