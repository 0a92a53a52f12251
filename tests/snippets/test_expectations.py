"""Claimed and printed output are compared by what matters."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ("10L", "10"),
        ("a\u00a0b", "a b"),
        ("'it is'", "it is"),
        ("<A at 0xff>", "<A at 0x7f3a12345678>"),
        ("10/10 ETA: 0s", "10/10 ETA: 3s"),
        ("Mon Mar  4 10:11:12 2019", "Tue Nov 24 12:00:00 2026"),
        ("2019/03/01 10:11", "2026/11/24 06:00"),
        ('File "C:\\me\\a.py", line 3', 'File "/work/a.py", line 3'),
        ("saved to ./runs/model.pt", "saved to /tmp/model.pt"),
        ("bar\rdone", "done"),
        ("\x1b]8;;https://a.example\x07link\x1b]8;;\x07", "link"),
        ("{(1, 2), (3, 4)}", "{(3, 4), (1, 2)}"),
        ("{'a, b', 'c'}", "{'c', 'a, b'}"),
        ("[{2, 1}, {'a': {4, 3}}]", "[{1, 2}, {'a': {3, 4}}]"),
        ("{frozenset({2, 1}), 3}", "{3, frozenset({1, 2})}"),
        ("frozenset([1, 2])", "frozenset({2, 1})"),
        ("set([])", "set()"),
        ("{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}"),
        ("(3, True)", "(np.int64(3), np.True_)"),
        ("a", "np.str_('a')"),
        ("(1+2j)", "np.complex128(1+2j)"),
        ("tensor([[1, 2],\n        [3, 4]])", "tensor([[1, 2], [3, 4]])"),
        ("{3,\n 1,\n 2}", "{1, 2, 3}"),
        ("-0.0", "0.0"),
        ("1e-9", "0.0"),
        ("1e5", "100000.0"),
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
        ("1", "1.0", Match.VALUES),
        ("tensor([1, 2])", "tensor([1., 2.])", Match.VALUES),
        ("9" * 5000, "8" * 5000, Match.VALUES),
        ("(3, 4)", "[3, 4]", Match.OTHER),
        ("{(1, 2), (3, 4)}", "{(1, 4), (3, 2)}", Match.VALUES),
        ("{1, 2}", "{1, 2, 3}", Match.OTHER),
        ("0x11170", "0x11171", Match.OTHER),
        ("a\nb", "a b", Match.OTHER),
        ("ab", "a b", Match.OTHER),
        ("12:30", "12:45", Match.VALUES),
        ("data/a.pt", "data/b.pt", Match.OTHER),
        ("/data/a.pt", "/data/b.pt", Match.OTHER),
    ],
)
def test_nothing_else_is_forgiven(claim: str, printed: str, match: Match) -> None:
    assert compare(claim, printed)[0] is match


def test_numbers_that_wrap_elsewhere_are_other_values() -> None:
    claim = "[0.1 0.12345678\n 0.2]"

    assert compare(claim, "[0.3 0.4 0.5]")[0] is Match.VALUES


VALUES = st.recursive(
    st.integers() | st.booleans() | st.none() | st.text(st.sampled_from("ab ,{}:#1")),
    lambda inner: st.lists(inner).map(tuple),
    max_leaves=6,
)


@given(st.lists(VALUES, min_size=1, unique_by=repr), st.randoms())
def test_sets_in_any_order_are_the_same(items: list[object], chance: random.Random) -> None:
    shuffled = chance.sample(items, len(items))
    claim, printed = (f"{{{', '.join(map(repr, order))}}}" for order in (items, shuffled))

    assert compare(claim, printed)[0] is Match.SAME


@given(st.sets(st.integers()), st.sets(st.integers()))
def test_other_sets_are_not(ours: set[int], theirs: set[int]) -> None:
    assert (compare(repr(ours), repr(theirs))[0] is Match.SAME) == (ours == theirs)


@given(st.text(st.sampled_from("ab0. \n\r\t[](){},:'\"-+eE\x1b\\/@0xLu")))
def test_any_text_is_the_same_as_itself(text: str) -> None:
    assert compare(text, text)[0] is Match.SAME


@given(st.text(), st.text())
def test_comparing_never_fails_and_goes_both_ways(claim: str, printed: str) -> None:
    there, back = compare(claim, printed)[0], compare(printed, claim)[0]

    assert (there is Match.SAME) == (back is Match.SAME)


@given(st.floats(min_value=1e-3, max_value=1e12), st.sampled_from([1, -1]))
def test_float_noise_is_forgiven_and_more_is_not(value: float, sign: int) -> None:
    near, far = (repr(sign * value * (1 + part)) for part in (1e-6, 1e-4))

    assert compare(repr(sign * value), near)[0] is Match.SAME
    assert compare(repr(sign * value), far)[0] is Match.VALUES


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
