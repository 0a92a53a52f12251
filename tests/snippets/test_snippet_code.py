"""Code is told apart without running it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippets import code as codes
from snippets.code import Kind


def test_indentation_line_ends_and_blank_borders_do_not_tell_copies_apart() -> None:
    original = "if x:\n    print(x)"

    copies = [
        "\n  if x:\n      print(x)\n\n",
        "if x:\r\n    print(x)  \r\n",
        "if x:\n\u00a0   print(x)",
    ]

    assert {codes.digest(copy) for copy in copies} == {codes.digest(original)}


def test_code_that_runs_keeps_its_trailing_blanks() -> None:
    assert codes.tidy('  s = """a  \n  b"""') == 's = """a  \nb"""'


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = codes.normalise(text)

    assert codes.normalise(once) == once


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("print(1)", Kind.PYTHON),
        ('print "loss", loss', Kind.PYTHON2),
        ("try:\n    pass\nexcept ValueError, e:\n    pass", Kind.PYTHON2),
        ('raise ValueError, "no"', Kind.PYTHON2),
        ("state = {\n    'a': 1,\n    ...\n}", Kind.BROKEN),
        ("return 1", Kind.BROKEN),
        ("f(1\n# print 'x'", Kind.BROKEN),
        ("x = '''\nprint \"in a string\"\n'''\ny = = 1", Kind.BROKEN),
    ],
)
def test_python_is_recognised(code: str, kind: Kind) -> None:
    assert codes.classify(code) is kind


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("y = model(x)", ["model", "x"]),
        ("import torch\nx = torch.ones(1)", []),
        ("def f(a):\n    return a + b", ["b"]),
        ("def f():\n    global k\n    k = 1\nf()\nprint(k)", []),
        ("[u for u in xs if u]", ["xs"]),
        ("from math import *\nsqrt(2)", []),
        ("class A(B):\n    def g(self):\n        return self.x", ["B"]),
        ("for i in range(3): print(i)", []),
        ("x = (", []),
    ],
)
def test_undefined_names_are_listed_in_order(code: str, names: list[str]) -> None:
    assert codes.undefined_names(code) == names


def test_imports_are_found_wherever_they_stand() -> None:
    code = "import torch.nn as nn\ndef f():\n    from keras.models import Model\nfrom . import own"

    assert codes.imported_roots(code) == {"torch", "keras"}
