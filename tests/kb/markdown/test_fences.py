"""Fences are found wherever they stand, and what is wrong is said with its line."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import AuthoringError
from kb.markdown.fences import Fence, FenceKind, Formula, Text, parse_info, scan


def fences(markdown: str) -> list[Fence]:
    return [piece for piece in scan(markdown) if isinstance(piece, Fence)]


def test_options_of_a_runnable_fence_are_read():
    [fence] = fences("```python run runtime=torch-2.13,tf-2.21 name=a.py expect=error gpu\nx\n```")

    assert fence.kind is FenceKind.RUN
    assert fence.options.runtimes == ("torch-2.13", "tf-2.21")
    assert fence.options.name == "a.py"
    assert fence.options.expects_error
    assert fence.options.needs_gpu
    assert not fence.options.is_session


@pytest.mark.parametrize(
    ("info", "said"),
    [
        ("python run fast", "unknown option 'fast'"),
        ("python run runtime=", "'runtime'"),
        ("python run expect=success", "'expect'"),
        ("python setup hidden", "unknown option 'hidden'"),
        ("python rnu", "unknown option 'rnu'"),
        ("bash run", "unknown option 'run'"),
        ("py<th", "not the name of a language"),
    ],
)
def test_unknown_option_is_an_error_with_its_line(info: str, said: str):
    with pytest.raises(AuthoringError, match=said) as caught:
        scan(f"one\n\n```{info}\ncode\n```\n")

    assert caught.value.line == 3


def test_fence_that_is_never_closed_is_an_error_with_its_line():
    with pytest.raises(AuthoringError, match="never closed") as caught:
        scan("one\ntwo\n~~~~python\ncode\n~~~\n")

    assert caught.value.line == 3


def test_formula_that_is_never_closed_is_an_error_with_its_line():
    with pytest.raises(AuthoringError, match="never closed") as caught:
        scan("one\n$$\nx = 1\n")

    assert caught.value.line == 2


def test_code_in_a_list_loses_the_list_s_indentation_only():
    [fence] = fences("1. one\n\n   ```python\n   if x:\n       y\n\n   ```\n")

    assert fence.code == "if x:\n    y\n"


def test_code_in_a_quote_loses_the_quote_marks():
    [fence] = fences("> ```python\n> if x:\n>     y\n>\n> z\n> ```\n")

    assert fence.code == "if x:\n    y\n\nz"


def test_fence_may_start_a_list_item():
    [fence] = fences("- ```python\n  x = 1\n  ```\n")

    assert fence.code == "x = 1"


def test_longer_fence_holds_shorter_ones():
    [fence] = fences("````text\n```python run\nx\n```\n````\n")

    assert fence.code == "```python run\nx\n```"


def test_inline_code_with_three_backticks_is_no_fence():
    assert fences("```x``` is code\n") == []


def test_display_formula_may_span_lines():
    formulas = [piece for piece in scan("a\n\n$$\nx\n= 1\n$$\nb") if isinstance(piece, Formula)]

    assert [formula.tex for formula in formulas] == ["x\n= 1"]


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\r\x0c\x1c\x1d\x1e\x85\u2028\u2029"))
)
def test_text_without_fences_comes_back_whole(text: str):
    text = text.replace("`", "").replace("~", "").replace("$", "").replace("\t", " ")

    assert "\n".join(piece.text for piece in scan(text) if isinstance(piece, Text)) == text


@given(st.text(st.characters(codec="utf-8", exclude_characters="`~\r\n\t")))
def test_any_info_string_is_read_or_refused(info: str):
    with contextlib.suppress(AuthoringError):
        kind, _, _ = parse_info(info, line=1)
        assert kind in FenceKind


@pytest.mark.parametrize(
    ("info", "name"), [("output claim", ""), ("output claim=a.py", "a.py"), ("output", None)]
)
def test_output_may_be_the_claim_of_an_earlier_fence(info: str, name: str | None) -> None:
    kind, _, options = parse_info(info, line=1)

    assert kind is (FenceKind.OUTPUT if name is None else FenceKind.CLAIM)
    assert options.name == (name or "")


def test_console_session_may_be_run() -> None:
    assert parse_info("pycon run", line=1)[0] is FenceKind.RUN
    assert parse_info("pycon", line=1)[0] is FenceKind.BLOCK


def test_wrong_option_of_a_claim_is_named() -> None:
    with pytest.raises(AuthoringError, match="unknown option 'twice'"):
        parse_info("output claim twice", line=3)
