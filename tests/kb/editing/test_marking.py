"""Terms are marked in a preview, and nothing else of it is changed."""

from hypothesis import given, settings

from kb.editing.insight import look_at
from kb.editing.marking import MARK, mark_terms
from kb.errors import AuthoringError
from kb.markdown.rendering import render
from kb.models import Language
from tests.kb.editing.test_parity import TEXTS

ZH, EN = Language.ZH, Language.EN


@settings(deadline=None)  # the first call loads dictionaries
@given(TEXTS)
def test_marks_change_nothing_else(markdown: str):
    try:
        blocks = render(markdown + "\n\n张量 <b> & a tensor").blocks
    except AuthoringError:
        return

    for block in blocks:
        html = block.get("html", "")
        for language in Language:
            marked = mark_terms(html, language=language, doubts={"tensor": '"><script>'})
            assert MARK.sub("", marked) == html
            assert "<script" not in marked


def test_term_says_its_approved_translation():
    marked = mark_terms("<p>稀疏张量的形状</p>", language=ZH, doubts={"shape": "form"})

    assert marked == (
        '<p><mark class="term" title="→ sparse tensor">稀疏张量</mark>的'
        '<mark class="term doubt" title="→ shape (form)">形状</mark></p>'
    )


def test_code_and_formulas_are_left_alone():
    html = "<p><code>tensor</code></p><pre>tensor</pre><math><mi>tensor</mi></math>"

    assert mark_terms(html, language=EN, doubts={}) == html


def test_plural_is_marked_whole():
    marked = mark_terms("<p>Sparse tensors &amp; more</p>", language=EN, doubts={})

    assert marked == '<p><mark class="term" title="→ 稀疏张量">Sparse tensors</mark> &amp; more</p>'


def test_preview_marks_what_the_other_text_lacks():
    insight = look_at({ZH: "张量", EN: "nothing"}, position=0, role="question")

    assert 'class="term doubt"' in insight.looks[0].html
