"""Blocks become Markdown in the authoring format, which keeps their order and nesting."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kb.archive.markdown import read, write
from kb.archive.page import ReadPage, read_page
from kb.markdown.rendering import render
from kb.models import Language


def guide(body: str) -> ReadPage:
    return read_page(f"标签归档:t\n\nGridkit-把网格画成图片的工具\n\n{body}\n".encode())


def markdown(body: str) -> str:
    (post,) = guide(body).articles[0].draft.posts
    return post.translations[Language.ZH].markdown


def test_each_kind_has_its_fence() -> None:
    text = markdown(
        "x = f(1)\n\n它打印:\n\nvalue 1\n\n好\n\npip install x\n\n好\n\n$ ls\na\n\n好\n\n"
        ">>> 1\n1\n\n好\n\n"
        'a   b\n1   2\n\n好\n\n{"a": 1}\n\n好\n\n@misc{a,\n  b = {c}\n}'
    )

    assert [line[3:] for line in text.split("\n") if line.startswith("```") and line != "```"] == [
        "python run", "output claim", "shell", "console", "pycon run", "text", "json", "bibtex",
    ]  # fmt: skip


def test_output_right_after_the_code_is_its_claim() -> None:
    (snippet,) = render(markdown("print(f(1))\n\n[1, 2]")).snippets

    assert (snippet.code, snippet.claim) == ("print(f(1))", "[1, 2]")


def test_announced_output_is_a_claim_and_stays_where_it_is() -> None:
    rendered = render(markdown("f(1)\n\n它打印:\n\nvalue 1"))

    assert [block["kind"] for block in rendered.blocks] == ["snippet", "html", "html"]
    assert (rendered.snippets[0].claim, rendered.snippets[0].is_claim_apart) == ("value 1", True)


def test_blank_lines_inside_code_are_kept_and_indentation_is_taken_off() -> None:
    (snippet,) = render(
        markdown("    x = 1\n\n\n    for i in y:\n        x\n        f(i)")
    ).snippets

    assert snippet.code == "x = 1\n\n\nfor i in y:\n    x\n    f(i)"


def test_backticks_in_code_do_not_end_its_fence() -> None:
    (snippet,) = render(markdown("x = '''\n```\n'''")).snippets

    assert snippet.code == "x = '''\n```\n'''"


def test_list_items_nest_with_their_code() -> None:
    text = markdown("  1. 一\n    • 甲\n\n      $ ls\n      a\n    • 乙\n  2. 二\n\n好")

    assert text == (
        "1. 一\n  - 甲\n\n    ```console\n    $ ls\n    a\n    ```\n\n  - 乙\n\n2. 二\n\n好\n"
    )
    (block, after) = [block["html"] for block in render(text).blocks]
    assert block.startswith("<ol>")
    assert block.count("<ol") == 1
    assert block.count("<ul") == 1
    assert block.count("<li>") == 4
    assert "<pre" in block
    assert after == "<p>好</p>"


def test_python_in_a_list_item_is_a_snippet_of_its_list() -> None:
    rendered = render(markdown("  • 甲\n\n    x = f(1)\n\n  • 乙"))

    assert len(rendered.blocks) == 1
    assert rendered.snippets[0].code == "x = f(1)"


def test_lines_of_a_paragraph_stay_lines() -> None:
    assert "<br>" in render(markdown("名称 说明\n一 二")).blocks[0]["html"]


def test_only_customary_headings_of_a_guide_are_headings() -> None:
    assert markdown("安装\n\n图片\n\n安装。") == "## 安装\n\n图片\n\n安装。\n"


def test_reading_gives_back_every_line(sample: str) -> None:
    for article in read_page(sample.encode()).articles:
        for post in article.posts:
            for half in post.halves:
                text = write(half.blocks, has_headings=True)
                count = sum(not line.is_blank for block in half.blocks for line in block.lines)
                assert len(read(text)) == count


LISTS = st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.booleans()), min_size=1, max_size=8)


@given(LISTS)
def test_lists_of_any_shape_keep_their_items(shape: list[tuple[int, bool, bool]]) -> None:
    lines: list[str] = []
    depth = -1
    for number, (wanted, is_numbered, has_code) in enumerate(shape):
        depth = min(wanted, depth + 1)
        lines.append(f"  {'  ' * depth}{'1.' if is_numbered else '•'} 第{number}")
        if has_code:
            lines += ["", f"       {'  ' * depth}x = f({number})", ""]
    rendered = render(markdown("文\n\n" + "\n".join(lines)))

    text = "".join(block.get("html", "") for block in rendered.blocks)
    assert text.count("<li>") == len(shape)
    assert [snippet.code for snippet in rendered.snippets] == [
        f"x = f({number})" for number, (_, _, has_code) in enumerate(shape) if has_code
    ]
    assert len(rendered.blocks) == 2 + _switches(shape)


def _switches(shape: list[tuple[int, bool, bool]]) -> int:
    """Return how often a top-level list of one sort is followed by one of the other."""
    depth, outer = -1, []
    for wanted, is_numbered, _ in shape:
        depth = min(wanted, depth + 1)
        if depth == 0:
            outer.append(is_numbered)
    return sum(first != second for first, second in pairwise(outer))
