"""TeX becomes MathML, or an error that says what is wrong with it."""

import pytest

from kb.errors import AuthoringError
from kb.markdown.mathml import to_mathml


@pytest.mark.parametrize(
    ("tex", "said"),
    [
        (r"\frac{a", "{ without }"),
        ("a}", "} without its {"),
        (r"\frac{a}", "argument is missing"),
        (r"\unheard x", r"unknown command \\unheard"),
        ("a & b", "&"),
        (r"\left( x", "missing right"),
        ("x_", "subscript"),
        ("  ", "empty"),
    ],
)
def test_what_the_converter_would_keep_silent_about_is_an_error(tex: str, said: str):
    with pytest.raises(AuthoringError, match=said) as caught:
        to_mathml(tex, display=False, line=7)

    assert caught.value.line == 7


def test_alignment_becomes_a_table():
    mathml = to_mathml(r"\begin{aligned}a &= b \\ c &= d\end{aligned}", display=True)

    assert mathml.count("<mtr>") == 2
    assert 'display="block"' in mathml


def test_escaped_braces_need_no_partner():
    assert "{" in to_mathml(r"\{ 1, 2", display=False)


def test_text_in_a_formula_stays_text():
    assert "&lt;script&gt;" in to_mathml(r"\text{<script>}", display=False)
