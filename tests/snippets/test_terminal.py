"""Printed text is shown without obeying what it says to a terminal."""

import pytest

from snippets.terminal import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext\n中文", "plain\ttext\n中文"),
        ("\x1b[1mbold\x1b[0m", "bold"),
        ("\x1b[2J\x07", "␛[2J␇"),
        ("10%\r20%\r30%\n", "30%\n"),
        ("longer\rno", "nonger"),
        ("line\r\nnext", "line\nnext"),
        ("12\b\b34", "34"),
        ("a\n\bb", "a\nb"),
        ("safe\u202eevil\u2066", "safe\\u202eevil\\u2066"),
        ("\x7f\x9b", "␡\\u009b"),
        ("👩‍💻", "👩‍💻"),
    ],
)
def test_controls_are_folded_or_made_visible(text: str, shown: str) -> None:
    assert visible(text) == shown
