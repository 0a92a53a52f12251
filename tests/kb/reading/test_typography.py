"""Long Chinese titles may break between words, and only there."""

import itertools

import pytest

from kb.reading.typography import with_word_borders


def test_border_stands_between_chinese_words():
    assert "深度<wbr>学习" in with_word_borders("深度学习框架") or "<wbr>框架" in with_word_borders(
        "深度学习框架"
    )


@pytest.mark.parametrize("title", ["怎样用PyTorch？", "（一）", "a，b", "“引号”里的词"])
def test_no_border_beside_latin_or_punctuation(title: str):
    parts = with_word_borders(title).split("<wbr>")

    for left, right in itertools.pairwise(parts):
        assert "\u4e00" <= left[-1] <= "\u9fff"
        assert "\u4e00" <= right[0] <= "\u9fff"


def test_markup_in_a_title_is_text():
    assert "<b>" not in with_word_borders("<b>粗体字</b>")
