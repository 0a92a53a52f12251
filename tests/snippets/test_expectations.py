"""Claimed and printed output are compared by what matters."""

import pytest

from snippets.expectations import Match, Tolerance, are_values_random, compare


@pytest.mark.parametrize(
    ("claim", "printed"),
    [
        ("tensor([1., 2.])", "tensor([1., 2.])\n"),
        ("a  b\n\n c", "a b\nc  \n"),
        ("weight   torch.Size([2, 5])", "weight \t torch.Size([2, 5])"),
        ("<object at 0x7f3a12345678>", "<object at 0x55deadbeef00>"),
        ("0.333333", "0.3333331"),
        ("[[ 0.5 -1. ]]", "[[0.5 -1.]]"),
        ("1/1 ━━━ 0s 45ms/step", "1/1 ━━━ 0s 51ms/step"),
        ("red", "\x1b[31mred\x1b[0m"),
        ("nan", "nan"),
        ("loss 1e-05", "loss 1.00000e-05"),
        ("hello", "'hello'"),
        ('["a"]', "['a']"),
        ("{2, 1}", "{1, 2}"),
        ("set([1, 2])", "{2, 1}"),
        ("0.5", "np.float64(0.5)"),
        ("True", "np.True_"),
        ("saved to /home/me/model.pt", "saved to /work/model.pt"),
        ("took 0.5 seconds", "took 12.25 seconds"),
        ("2019-03-01 10:11:12 done", "2026-11-24 06:00:01 done"),
        ("u'text'", "'text'"),
    ],
)
def test_what_does_not_matter_is_forgiven(claim: str, printed: str) -> None:
    assert compare(claim, printed)[0] is Match.SAME


@pytest.mark.parametrize(
    ("claim", "printed", "match"),
    [
        ("3", "4", Match.VALUES),
        ("100000", "100001", Match.VALUES),
        ("0.5", "0.5001", Match.VALUES),
        ("[1, 2]", "[1, 2, 3]", Match.OTHER),
        ("a", "b", Match.OTHER),
        ("one line", "one line\nand another", Match.OTHER),
        ("printed", "", Match.OTHER),
        ("nan", "0.5", Match.VALUES),
        ("torch.float32", "torch.float64", Match.OTHER),
        ("True", "False", Match.OTHER),
    ],
)
def test_nothing_else_is_forgiven(claim: str, printed: str, match: Match) -> None:
    assert compare(claim, printed)[0] is match


def test_first_difference_is_named() -> None:
    _, difference = compare("same\nx = 1\ny = 2", "same\nx = 1\ny = 3")

    assert str(difference).split("\n") == [
        "line 3: claimed 'y = 2', printed 'y = 3'",
        "@@ -2,2 +2,2 @@",
        " x = 1",
        "-y = 2",
        "+y = 3",
    ]


def test_new_keys_of_a_dictionary_are_told_from_another_text() -> None:
    claim = "groups [{'lr': 0.1, 'params': [123456789]}]"
    printed = "groups \t [{'lr': 0.1, 'fused': None, 'params': [0]}]"

    match, difference = compare(claim, printed)

    assert match is Match.KEYS
    assert difference is not None
    assert difference.new_keys == ("fused",)
    assert compare(printed, claim)[0] is Match.OTHER


def test_tolerance_can_be_set() -> None:
    assert compare("0.5", "0.5004")[0] is Match.VALUES
    assert compare("0.5", "0.5004", Tolerance(relative=1e-2))[0] is Match.SAME


def test_numbers_that_another_seed_changes_are_random() -> None:
    assert are_values_random(["tensor([0.1, 0.2])", "tensor([0.3, 0.4])"])
    assert not are_values_random(["tensor([0.1])", "tensor([0.1])"])
    assert not are_values_random(["a 0.1", "b 0.2"])
