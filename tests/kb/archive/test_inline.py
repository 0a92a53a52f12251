"""A line of prose shows exactly as its author wrote it, whatever Markdown makes of its signs."""

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.archive.inline import to_markdown, to_text
from kb.markdown.rendering import render

SIGNS = "\\`*_{}[]()<>#+-.!|~$&=:^%\"' \t1a中。"
LINES = st.text(alphabet=st.sampled_from(SIGNS), min_size=1, max_size=40).filter(str.strip)
WORDS = st.lists(
    st.sampled_from(
        ["torch.save()", "state_dict", "`a`", "https://a.org/b_c?d=1&e", "x=1", "a_b=True", "**",
         "$x$", "&amp;", "<b>", "1.", "#", "中文", "f(g(h(x)))", "m.f(a, b)", "m.f(", "![a](b)",
         "pip install x"]
    ),
    min_size=1,
    max_size=6,
)  # fmt: skip


def shown(markdown: str) -> str:
    blocks = render(markdown).blocks
    text = "".join(re.sub(r"<[^>]*>", "", block["html"]) for block in blocks)
    return squashed(html.unescape(text))


def squashed(text: str) -> str:
    return "".join(text.split())


@given(LINES)
@example("- a")
@example("1. a")
@example("a|b")
@example(":--|--")
@example("~~~")
@example("$$ x")
@example("[a]: http://b")
@example("\\[a\\]")
@example("***")
@example("&lt;")
@example("<http://a>")
def test_any_line_shows_as_it_is(line: str) -> None:
    markdown = to_markdown(line)

    assert shown(markdown) == squashed(line)
    assert squashed(to_text(markdown)) == squashed(line)


@given(WORDS, st.sampled_from(["", " ", "的"]))
def test_identifiers_and_addresses_anywhere_change_no_text(words: list[str], between: str) -> None:
    line = between.join(words)
    markdown = to_markdown(line)

    assert shown(markdown) == squashed(line)
    assert squashed(to_text(markdown)) == squashed(line)


@given(LINES, LINES)
@example("1|", "\\|")
@example("a|b", "\\\\|\\|")
def test_the_next_line_does_not_change_what_a_line_means(first: str, second: str) -> None:
    markdown = f"{to_markdown(first)}  \n{to_markdown(second)}"

    assert shown(markdown) == squashed(first + second)


@pytest.mark.parametrize(
    ("line", "markdown"),
    [
        ("使用torch.save()保存", "使用`torch.save()`保存"),
        ("the state_dict of it", "the `state_dict` of it"),
        ("model.add(TimeDistributed(Dense(n))) is", "`model.add(TimeDistributed(Dense(n)))` is"),
        ("如下:state = torch.load(path),然后", "如下:`state = torch.load(path)`,然后"),
        ("torch.save()torch.load()将", "`torch.save()torch.load()`将"),
        ("在stateful=False时", "在`stateful=False`时"),
        ("when batch_size==400.", "when `batch_size==400`."),
        ("tf.nn.max_pool of tensorflow?", "`tf.nn.max_pool` of tensorflow?"),
        ("看https://a.org/b_c的答案", "看<https://a.org/b_c>的答案"),
        ("see https://a.org/b.", "see <https://a.org/b>."),
        ('A pip install "a[b]" docker run c/d', 'A `pip install "a[b]"` `docker run c/d`'),
        ("词= k.Input(shape=(None,1),名称=“入”)", "`词= k.Input(shape=(None,1),名称=“入”)`"),
    ],
)  # fmt: skip
def test_what_is_certain_is_marked(line: str, markdown: str) -> None:
    assert to_markdown(line) == markdown


@pytest.mark.parametrize(
    "line",
    ["return_sequencesFalse时", "Fast.ai课程", "写信给a.b_c@d.org", "https ://a.b.com/c_d",
     "title(str):标题", "a.com/b_c/d", "Logistics(Video 1)"],
)  # fmt: skip
def test_what_is_uncertain_stays_text(line: str) -> None:
    assert "`" not in to_markdown(line)
