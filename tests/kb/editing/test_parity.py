"""What both languages must share is found in any text, and code is carried into its place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.editing.insight import look_at
from kb.editing.outline import Outline, outline_of
from kb.editing.parity import Subject, carry_code, compare_outlines
from kb.errors import AuthoringError
from kb.markdown.rendering import find_snippets, render
from kb.models import Language
from tests.kb.markdown.test_untrusted_markup import DANGER

ZH, EN = Language.ZH, Language.EN
PIECES = st.sampled_from(
    [
        "# 标题", "## Heading", "```python run\nprint(1)\n```", "```output\n1\n```", "```", "$x^2$",
        "$$", "$$a$$", "[a](https://example.org)", "`code`", "``a`b``", "<script>alert(1)</script>",
        "- item", "> quote", "1. one", "| a | b |\n| - | - |\n| 1 | 2 |", "&lt;b&gt;", "\u202e", "\0",
        "![x](y.png)", "```python setup\nx = 1\n```", "`<img onerror=x>`", "\\$5", "*a*", "\x02",
    ]
)  # fmt: skip
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=8).map("\n\n".join)


def outline(markdown: str) -> Outline:
    return outline_of(markdown, render(markdown))


def differing(left: str, right: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    checks = compare_outlines(outline(left), outline(right))
    return {one.subject: (one.only_left, one.only_right) for one in checks if not one.is_same}


@settings(deadline=None)  # the first call loads dictionaries
@given(TEXTS)
def test_text_agrees_with_itself(markdown: str):
    try:
        found = differing(markdown, markdown)
    except AuthoringError:
        return
    assert found == {}


@settings(deadline=None)  # the first call loads dictionaries
@given(zh=TEXTS, en=TEXTS)
def test_preview_of_any_text_is_clean_or_says_why_not(zh: str, en: str):
    insight = look_at({ZH: zh, EN: en}, position=0, role="question")

    for look, text in zip(insight.looks, (zh, en), strict=True):
        assert not DANGER.search(look.html)
        assert look.problem or look.html or not text.strip() or not render(text).blocks


@pytest.mark.parametrize(
    ("left", "right", "subject", "only"),
    [
        ("用`fit`", "use it", Subject.NAMES, (("fit",), ())),
        ("见$x$", "see $y$", Subject.FORMULAS, (("x",), ("y",))),
        ("$$a+b$$", "none", Subject.FORMULAS, (("a+b",), ())),
        ("## 一\n\n甲", "甲", Subject.HEADINGS, (("h2",), ())),
        ("[甲](https://a.org)", "甲", Subject.LINKS, (("https://a.org",), ())),
        ("```bash\nls\n```", "```bash\nls -l\n```", Subject.CODE, (("ls",), ("ls -l",))),
    ],
)
def test_what_only_one_text_has_is_named(left: str, right: str, subject: Subject, only: object):
    assert differing(left, right) == {subject: only}


def test_same_formulas_in_another_order_agree():
    assert differing("$a$和$b$", "$b$ and $a$") == {}
    assert differing("$a b$", "$ab$") == {}


def test_code_in_another_order_is_told():
    one, two = "```bash\n1\n```", "```bash\n2\n```"

    (check,) = [one for one in compare_outlines(outline(f"{one}\n\n{two}"), outline(f"{two}\n\n{one}"))
                if not one.is_same]  # fmt: skip

    assert (check.subject, check.is_order) == (Subject.CODE, True)


def test_dollars_in_code_are_no_formula():
    assert outline("`$x$` and `$HOME`").formulas == ()


def test_code_is_carried_into_lists_and_quotes():
    source = "前\n\n```python run name=a.py\nif x:\n    y\n\nz\n```\n```output\n1\n```\n\n后"
    target = (
        "Before\n\n- in a list\n\n  ```python run\n  old\n  ```\n  ```output\n  0\n  ```\n\nAfter"
    )

    carried = carry_code(source=source, target=target)

    assert carried is not None
    assert carried.startswith("Before\n\n- in a list\n\n  ```python run name=a.py\n")
    assert carried.endswith("\n\nAfter")
    (draft,) = find_snippets(carried)
    assert (draft.code, draft.claim, draft.options.name) == ("if x:\n    y\n\nz", "1", "a.py")


def test_code_is_not_carried_where_nobody_can_tell_its_place():
    one = "```python run\n1\n```"

    assert carry_code(source=f"{one}\n\ntext\n\n{one}", target=one) is None


@settings(deadline=None)  # the first call loads dictionaries
@given(st.lists(st.text("ab \n", max_size=9), min_size=1, max_size=3))
def test_carried_code_is_the_same_code(codes: list[str]):
    source = "\n\n".join(f"甲\n\n~~~python run\nx{code}\n~~~" for code in codes)
    target = "\n\n".join(
        f"> quote\n>\n> ~~~python run\n> old {n}\n> ~~~" for n in range(len(codes))
    )

    carried = carry_code(source=source, target=target)

    assert carried is not None
    assert [one.code for one in find_snippets(carried)] == [f"x{code}" for code in codes]
