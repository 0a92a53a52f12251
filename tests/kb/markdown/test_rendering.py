"""Markdown becomes the blocks of a page and the drafts of its snippets."""

import pytest

from kb.errors import AuthoringError
from kb.markdown.rendering import place_snippets, render, snippet_ids

RUN = "```python run\nprint(1)\n```"


def html_of(markdown: str, **options: str) -> str:
    return "\n".join(
        block.get("html", f"[{block.get('snippet')}]")
        for block in render(markdown, **options).blocks
    )


def test_each_top_level_element_is_a_block():
    blocks = render(f"one\n\n- a\n- b\n\n{RUN}\n\n> two\n\n| a |\n|---|\n| 1 |\n").blocks

    kinds = [block.get("html", "")[:5] or block["kind"] for block in blocks]
    assert kinds == ["<p>on", "<ul>\n", "snippet", "<bloc", "<div "]


def test_output_right_after_a_snippet_is_its_claim():
    rendered = render(f"{RUN}\n\n```output\n1\n```\n")

    assert rendered.snippets[0].claim == "1"
    assert len(rendered.blocks) == 1


def test_output_after_other_text_is_a_plain_block():
    rendered = render(f"{RUN}\n\nSomewhere else:\n\n```output\n1\n```\n")

    assert rendered.snippets[0].claim == ""
    assert "<pre" in rendered.blocks[-1]["html"]


def test_setups_before_a_snippet_add_up_and_are_not_shown():
    markdown = f"```python setup\na = 1\n```\n```python setup\nb = 2\n```\n{RUN}\n{RUN}"

    rendered = render(markdown)

    assert [draft.setup for draft in rendered.snippets] == ["a = 1\nb = 2", ""]
    assert [block["kind"] for block in rendered.blocks] == ["snippet", "snippet"]


def test_setup_without_a_snippet_is_an_error_with_its_line():
    with pytest.raises(AuthoringError, match="no ```python run fence follows") as caught:
        render(f"{RUN}\n\n```python setup\nx\n```\n")

    assert caught.value.line == 5


def test_session_without_an_earlier_snippet_is_an_error():
    with pytest.raises(AuthoringError, match="session") as caught:
        render("one\n\n```python run session\nx\n```\n")

    assert caught.value.line == 3


def test_snippets_know_the_code_before_them():
    rendered = render("```python run\na\n```\n```python run\nb\n```\n```python run\nc\n```")

    assert [draft.earlier for draft in rendered.snippets] == [(), ("a",), ("a", "b")]


def test_code_that_is_no_python_3_is_taken_as_it_is():
    code = "print 'x'\n  ...\n`1`, <b>"

    rendered = render(f"```python run\n{code}\n```")

    assert rendered.snippets[0].code == code


def test_snippet_in_a_list_stays_in_its_place():
    rendered = render(f"- one\n\n  {RUN.replace(chr(10), chr(10) + '  ')}\n\n- two\n")

    [block] = rendered.blocks
    assert block["html"].index("one") < block["html"].index("<!--snippet:0-->")
    assert block["html"].index("<!--snippet:0-->") < block["html"].index("two")
    assert snippet_ids(place_snippets(rendered.blocks, [77])) == [77]


def test_headings_have_stable_ids_in_any_script():
    html = html_of("# 保存 模型\n\n## Save `it`\n\n## Save `it`\n\n### 子", id_prefix="zh-")

    assert '<h2 id="zh-保存-模型">' in html
    assert '<h2 id="zh-save-it">' in html
    assert '<h2 id="zh-save-it-2">' in html
    assert '<h3 id="zh-子">' in html


def test_dollars_that_are_no_formulas_stay():
    html = html_of("It costs $5 or $6, `$HOME`, \\$x\\$ and 100$.")

    assert "<math" not in html
    assert "$5 or $6" in html
    assert "$x$ and 100$" in html


def test_inline_formula_error_names_its_line():
    with pytest.raises(AuthoringError, match=r"unknown command \\nope") as caught:
        render("one\n\ntwo $\\nope x$\n")

    assert caught.value.line == 3


def test_formula_keeps_markdown_marks():
    html = html_of("$a_1 * b_2 * c_3$ and *this*")

    assert html.count("<em>") == 1
    assert html.count("<msub>") == 3


def test_code_is_coloured_with_classes_only():
    html = html_of("```python\nimport torch\n```\n\n```nolanguage\na < b\n```")

    assert '<span class="kn">import</span>' in html
    assert "a &lt; b" in html
    assert "style=" not in html


def test_html_is_shown_as_it_was_typed():
    assert "List&lt;int&gt;" in html_of("a List<int> and <b>bold</b>")


def test_picture_is_an_error_that_says_what_to_do():
    with pytest.raises(AuthoringError, match="plot it") as caught:
        render("one\n\n![chart](a.png)")

    assert caught.value.line == 3


def test_words_of_the_placeholders_cannot_be_faked():
    html = html_of(
        "<!--snippet:0--> zyx0x\n\n    <!--snippet:5-->\n\n```text\n<!--snippet:1-->\n```"
    )

    assert snippet_ids(render("<!--snippet:0-->").blocks) == []
    assert "<!--" not in html
