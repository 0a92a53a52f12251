"""A pasted traceback is searched by its error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.tracebacks import is_traceback, read_traceback

PASTED = """Traceback (most recent call last):
  File "/home/me/train.py", line 12, in <module>
    loader = iter(DataLoader(data))
  File "/usr/lib/python3.11/site-packages/torch/utils/data/_utils/collate.py", line 272, in default
    return torch.stack(batch, 0, out=out)
RuntimeError: stack expects each tensor to be equal size, but got [3] at entry 0 and [5] at entry 1
"""


@pytest.mark.parametrize("text", [PASTED, " ".join(PASTED.split())])
def test_error_and_message_remain_even_without_line_breaks(text: str):
    assert is_traceback(text)
    words = read_traceback(text).split()
    assert words[:4] == ["RuntimeError", "stack", "expects", "each"]
    assert "train.py" not in words
    assert not any(word.isdigit() for word in words)


def test_last_error_counts():
    chained = PASTED + "\nDuring handling of the above exception, another exception occurred:\n\n"
    chained += PASTED.replace("RuntimeError: stack", "torch.OutOfMemoryError: no more")

    assert read_traceback(chained).startswith("OutOfMemoryError no more")


@pytest.mark.parametrize("text", ["how to read a Traceback", "ValueError: shapes differ", ""])
def test_other_text_is_no_traceback(text: str):
    assert not is_traceback(text)


@given(st.text(max_size=500))
def test_any_text_can_be_read(text: str):
    read_traceback(text)
    is_traceback(text)
