"""Cut-out code is mended where that changes no meaning, and left alone otherwise."""

import pytest

from snippets.repairs import repair


@pytest.mark.parametrize(
    ("code", "mended", "names"),
    [
        ("x = 1", "x = 1", []),
        ("print(“hi”)", 'print("hi")', ["quotes"]),
        ("%matplotlib inline\nx = 1", "pass\nx = 1", ["magics"]),
        ("!pip install torch\nx = 1", "pass\nx = 1", ["magics"]),
        ("def f():\n    # body\n\nf()", "def f():\n    pass\n    # body\n\nf()", ["bodies"]),
        ("x = 1\n    y = 2\n    z = 3", "x = 1\ny = 2\nz = 3", ["indentation"]),
        (
            "for i in x:\n    f(i)\n # end\n g()",
            "for i in x:\n    f(i)\n # end\ng()",
            ["indentation"],
        ),
        ("print(x.mean())\nEpoch 1: loss 0.5", "print(x.mean())", ["output"]),
        ("f(1))", "f(1)", ["brackets"]),
        (
            "y = f(x)\nreturn y",
            "def fragment():\n    y = f(x)\n    return y\n\nfragment()",
            ["return"],
        ),
    ],
)
def test_mechanical_damage_is_mended(code: str, mended: str, names: list[str]) -> None:
    found = repair(code)

    assert found is not None
    assert (found.code, list(found.repairs)) == (mended, names)


@pytest.mark.parametrize(
    "code",
    [
        "state = {\n    'a': 1,\n    ...\n}",
        "f(\n    a\n    b\n)",
        "x = = 1",
        "print 'old'",
    ],
)
def test_what_has_a_meaning_of_its_own_is_not_touched(code: str) -> None:
    assert repair(code) is None
