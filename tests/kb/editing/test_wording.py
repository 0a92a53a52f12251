"""What an author got wrong is said in the author's language, whatever raised it."""

import re

import pytest
from django.utils.translation import override

from kb.editing.carrying import changed_fields
from kb.editing.wording import MESSAGES, explain
from kb.errors import AuthoringError
from kb.markdown.mathml import to_mathml
from kb.models import Language, Post
from kb.storing.drafts import PostDraft, TranslationDraft
from kb.storing.posts import render_post

ZH, EN = Language.ZH, Language.EN
RUN = "```python run{}\n1\n```"
WRONG = {
    "fence": "```python",
    "formula-open": "$$\nx",
    "language": "```<b>\n```",
    "run-option": RUN.format(" nope"),
    "run-value": RUN.format(" expect=maybe"),
    "option": "```bash run\n```",
    "setup-alone": "```python setup\nx = 1\n```",
    "claim-alone": "```output claim\n1\n```",
    "empty": "```python run\n```",
    "session": RUN.format(" session"),
    "runtime": RUN.format(" runtime=torch-0.1"),
    "picture": "![x](y.png)",
    "formula": "$\\frac{1$",
}


def error_of(zh: str, en: str | None = None) -> AuthoringError:
    texts = {ZH: zh} if en is None else {ZH: zh, EN: en}
    drafts = {language: TranslationDraft(markdown=text) for language, text in texts.items()}
    with pytest.raises(AuthoringError) as error:
        render_post(0, PostDraft(role=Post.Role.QUESTION, translations=drafts))
    return error.value


@pytest.mark.parametrize("markdown", WRONG.values(), ids=WRONG)
def test_errors_are_said_in_chinese(markdown: str):
    with override("zh-hans"):
        said = explain(error_of(markdown))

    assert re.match(r"中文第 \d+ 行：", said)
    assert re.search("[\u4e00-\u9fff]", said.partition("：")[2])


def test_errors_of_both_languages_are_said_in_chinese():
    number = error_of(RUN.format(""), "none")
    code = error_of(RUN.format(""), RUN.format("").replace("1", "2"))
    fields = {"markdown_zh": RUN.format(""), "markdown_en": "none"}
    with pytest.raises(AuthoringError) as carried:
        changed_fields("carry-zh", fields, [])

    with override("zh-hans"):
        assert explain(number).startswith("中文有 1 个可运行的代码块，英文有 0 个")
        assert "这个代码块的代码与另一种语言的第 1 个可运行代码块不同" in explain(code)
        assert "无法同步代码" in explain(carried.value)


@pytest.mark.parametrize(
    "tex",
    [" ", "x}", "\\frac{1", "\\frac{1}", "x_1_2", "x^1^2", "\\left( x", "\\begin{matrix} 1", "_",
     "a & b", "\\nope", "\\sqrt", "\\left"],
)  # fmt: skip
def test_what_is_wrong_with_a_formula_is_said_in_chinese(tex: str):
    with pytest.raises(AuthoringError) as wrong:
        to_mathml(tex, display=False)

    with override("zh-hans"):
        fault = explain(wrong.value).partition("无法识别：")[2]

    assert re.search("[\u4e00-\u9fff]", fault), fault


def test_message_that_nobody_translated_is_shown_as_it_is():
    with override("zh-hans"):
        assert explain(AuthoringError("something new", line=3)) == "第 3 行：something new"


def test_every_translation_keeps_what_was_wrong():
    for pattern, text in MESSAGES:
        named = set(re.findall(r"\(\?P<(\w+)>", pattern))
        assert named == set(re.findall(r"%\((\w+)\)s", text)), text
