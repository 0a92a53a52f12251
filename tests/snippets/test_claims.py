"""What stands beside a statement is a claim where its form or its words say so."""

import pytest

from snippets.checking_claims import check_all
from snippets.claims import Claim, is_literal, read_claims
from snippets.expectations import Match


def texts(code: str) -> list[str]:
    return [claim.text for claim in read_claims(code)]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("f(x)  # --> (1, 2)", "(1, 2)"),
        ("print(x)  # => 5", "5"),
        ("print(x)  # -> torch.Size([2])", "torch.Size([2])"),
        ("print(x)  # prints hello", "hello"),
        ("print(x)  # prints: hello there", "hello there"),
        ("print(x)  # output-->(1, 2, 1, 1)", "(1, 2, 1, 1)"),
        ("print(x)  # --> output (1, 2)", "(1, 2)"),
        ("print(x)  # 输出: [1.0]", "[1.0]"),
        ("x.sum()  # tensor(3.)", "tensor(3.)"),
        ("y = f(x)  # [5.]", "[5.]"),
        ("y = f(x)  # shape: (1, 2)", "(1, 2)"),
        ("f(x)  # 'text'", "'text'"),
        ("f(x)  # Out[3]: 7", "7"),
        ("x.sum()  # = 6", "6"),
        ("f(x)  # should be (1, 2)", "(1, 2)"),
        ("print(type(x))  # <class 'int'>", "<class 'int'>"),
        ("f(x)  # tensor(3., grad_fn=<SumBackward0>)", "tensor(3., grad_fn=<SumBackward0>)"),
        ("print(a)  # tensor([[1, 2],\n#         [3, 4]])", "tensor([[1, 2],\n[3, 4]])"),
        ("y = f(x); print(y)  # 7", "7"),
        ("print(a)\n# tensor([[1, 2],\n#         [3, 4]])", "tensor([[1, 2],\n         [3, 4]])"),
    ],
)
def test_usual_forms_are_claims(code: str, text: str) -> None:
    assert [line.strip() for line in texts(code)[0].split("\n")] == [
        line.strip() for line in text.split("\n")
    ]


@pytest.mark.parametrize(
    "code",
    [
        "lr = 0.1  # 0.1 is a good start",
        "x = 5  # 3",
        "y = f(x)  # prints the shape",
        "conv = Conv2d(1, 20, 5)  # 24x24",
        "y = f(x)\n# output_shape -> (batch_size, steps, units)",
        "f(x)  # see the documentation",
        "if x:  # 3\n    pass",
        "print(x)  # <batch, steps>",
    ],
)
def test_other_comments_are_not(code: str) -> None:
    assert not [claim for claim in read_claims(code) if is_literal(claim.text)]


def test_comment_is_about_the_last_statement_of_its_line() -> None:
    assert len(read_claims("print(x); print(y)  # 3")) == 1


def test_comparison_that_is_said_to_be_false_is_not_claimed_true() -> None:
    (claim,) = read_claims("a == b  # False")

    assert (claim.is_comparison, claim.text) == (False, "False")
    assert read_claims("a == b  # True")[0].is_comparison


def test_comparison_that_stands_alone_is_a_claim_with_its_comment_about_a_name() -> None:
    comparison, about = read_claims("a.shape == [1, 1]  # a is [5.]")

    assert comparison.is_comparison
    assert (about.about, about.text) == ("a", "[5.]")


@pytest.mark.parametrize(
    ("claim", "seen", "match"),
    [
        (Claim(line=1, text="(1, 2)"), {"type": "T", "repr": "x", "shape": [1, 2]}, Match.SAME),
        (Claim(line=1, text="hi"), {"printed": "hi\n"}, Match.SAME),
        (Claim(line=1, text="[5.]"), {"type": "T", "repr": "?", "numbers": [5.0]}, Match.SAME),
        (Claim(line=1, text="[5.]"), {"type": "T", "repr": "[6.]", "numbers": [6.0]}, Match.VALUES),
        (Claim(line=1, text="the shape"), {"printed": "(1, 2)\n"}, None),
        (Claim(line=1, text="(1, 2)"), {"printed": "other\n"}, Match.OTHER),
        (Claim(line=1, text="[4]", is_strong=False), {"type": "str", "repr": "'a'"}, None),
        (Claim(line=1, text="True", is_comparison=True), {"repr": "True"}, Match.SAME),
        (Claim(line=1, text="True", is_comparison=True), {"repr": "False"}, Match.OTHER),
        (Claim(line=1, text="True", is_comparison=True), {"repr": "tensor([True])"}, None),
    ],
)
def test_claim_is_held_against_what_was_seen(claim: Claim, seen: dict, match: Match | None) -> None:
    (checked,) = check_all([claim], {0: [seen]})

    assert checked.match is match


def test_what_a_loop_printed_in_all_can_be_claimed() -> None:
    seen = [{"printed": "0\n"}, {"printed": "1\n"}]

    (checked,) = check_all([Claim(line=1, text="0 1")], {0: seen})

    assert checked.match is Match.SAME


def test_prompt_that_printed_nothing_differs_from_what_stands_below_it() -> None:
    (checked,) = check_all([Claim(line=1, text="5", is_session=True)], {0: [{"printed": ""}]})

    assert checked.match is Match.OTHER


def test_statement_that_never_ran_tells_nothing() -> None:
    (checked,) = check_all([Claim(line=1, text="1")], {})

    assert checked.match is None
