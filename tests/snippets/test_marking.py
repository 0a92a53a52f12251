"""What stands in another language than its page is marked, and only that."""

import pytest
from django.utils.translation import override

from snippets.marking import mark

ENGLISH = '<span lang="en">{}</span>'


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("运行超过 20 秒", "运行超过 20 秒"),
        ("被信号 SIGSEGV 终止", "被信号 SIGSEGV 终止"),
        ("第 3 行：声称 'tensor([1, 2])'", "第 3 行：声称 &#x27;tensor([1, 2])&#x27;"),
        ("NameError: name x is not defined", ENGLISH.format("NameError: name x is not defined")),
        ("准备代码出错：name x is bad", f"准备代码出错：{ENGLISH.format('name x is bad')}"),
        ("Weights only\nload failed", ENGLISH.format("Weights only\nload failed")),
        ("", ""),
    ],
)
def test_chinese_page_marks_english(text: str, wanted: str):
    with override("zh-hans"):
        assert mark(text) == wanted


def test_english_page_marks_chinese():
    with override("en"):
        assert mark("metrics, 指标, as is") == 'metrics, <span lang="zh-Hans">指标</span>, as is'


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_markup_in_the_text_is_escaped(language: str):
    with override(language):
        shown = mark("<script>alert one</script> 甲<b>&")

    assert "<script>" not in shown
    assert "<b>" not in shown
    assert shown.endswith("&lt;b&gt;&amp;")
