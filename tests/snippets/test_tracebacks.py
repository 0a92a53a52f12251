"""Tracebacks are cut into coloured pieces that together are the text that was written."""

from hypothesis import given
from hypothesis import strategies as st

from snippets.tracebacks import CHARACTERS_AT_MOST, MARK, spans

WRITTEN = """step 3
Traceback (most recent call last):
  File "snippet.py", line 2, in <module>
    total = x + "1"
            ~~^~~~~
TypeError: unsupported operand type(s) for +: 'int' and 'str'
"""


def test_the_error_the_line_and_the_code_get_classes_of_their_own():
    kinds = {span.text.strip(): span.kind for span in spans(WRITTEN)}
    assert kinds["TypeError"] == "gr"
    assert kinds["2"] == "m"
    assert kinds['"snippet.py"'] == "nb"


def test_the_pieces_are_the_whole_text():
    assert "".join(span.text for span in spans(WRITTEN)) == WRITTEN


def test_what_holds_no_traceback_stays_plain():
    assert spans("epoch 1: loss 0.5\nUserWarning: slow\n") == ()


def test_a_long_log_stays_plain():
    assert spans(WRITTEN + "x" * CHARACTERS_AT_MOST) == ()


def test_a_syntax_error_is_coloured_though_it_has_no_frames():
    kinds = {
        span.kind for span in spans('  File "snippet.py", line 1\n    x = (\nSyntaxError: no\n')
    }
    assert "gr" in kinds


@given(st.text(max_size=200), st.text(max_size=200))
def test_nothing_is_lost_whatever_stands_around_it(before, after):
    text = f"{before}\n{MARK}\n{after}".replace("\r", "")
    assert "".join(span.text for span in spans(text)) == text
