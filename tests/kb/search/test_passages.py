"""What is shown of a text holds its matches, and every piece is text of the original."""

import re
from pydoc_data.topics import topics

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from kb.search import passages
from kb.search.analyzer import analyze, stem
from kb.search.passages import Matcher, Passage
from tests.kb.search.test_analyzer import TEXT


def highlight(text: str, wanted: frozenset[str]) -> Passage:
    return passages.highlight(text, Matcher(wanted).matches(text)[0])


def best_passage(text: str, wanted: frozenset[str]) -> Passage:
    return passages.best_passage(text, Matcher(wanted).matches(text)[0])


def telling_lines(text: str, wanted: frozenset[str]) -> Passage:
    return passages.telling_lines(text, Matcher(wanted).matches(text)[0], [])


def marked(passage: tuple) -> list[str]:
    return [piece.text for piece in passage if piece.is_match]


def wanted(text: str) -> frozenset[str]:
    return frozenset(token.text for token in analyze(text))


@pytest.mark.parametrize(
    ("text", "query", "marks"),
    [
        ("How to save Models", "saving model", ["save", "Models"]),
        ("怎样保存和加载模型？", "保存模型", ["保存", "模型"]),
        ("儲存訓練後的模型", "训练", ["訓練"]),
        ("call nn.MaxPool2d here", "max", ["Max"]),
        ("ＬＳＴＭ的形状", "lstm", ["ＬＳＴＭ"]),
    ],
)
def test_matches_are_marked_where_they_stand(text: str, query: str, marks: list[str]):
    assert marked(highlight(text, wanted(query))) == marks


@given(TEXT, st.data())
def test_nothing_that_is_wanted_is_missed(text: str, data: st.DataObject):
    tokens = analyze(text)
    some = frozenset(data.draw(st.sets(st.sampled_from([t.text for t in tokens] or ["x"]))))
    found = Matcher(some).matches(text)[0]

    for token in tokens:
        if token.text in some:
            assert any(one.start <= token.start and token.end <= one.end for one in found)


@given(st.lists(TEXT, min_size=1, max_size=4), st.text(max_size=20))
def test_texts_that_are_looked_at_together_are_not_mixed(texts: list[str], query: str):
    matcher = Matcher(wanted(query) | wanted(texts[0][:9]))

    assert matcher.matches(*texts) == [matcher.matches(text)[0] for text in texts]


def test_every_form_of_a_word_is_found_by_its_stem():
    words = {word for text in topics.values() for word in re.findall(r"[A-Za-z]+", text)}
    words |= {"dying", "lies", "tying", "skies", "trying", "use", "using", "sensibility"}
    assert len(words) > 3000

    missed = {word for word in words if not Matcher({stem(word)}).matches(f"the {word}.")[0]}
    # Names are cut, and their parts are what is indexed.
    assert not {word for word in missed if len(analyze(word)) == 1}


@given(TEXT, st.text(max_size=20))
def test_pieces_of_a_title_are_the_title(text: str, query: str):
    assert "".join(piece.text for piece in highlight(text, wanted(query))) == text


@given(TEXT, st.integers(0, 199), st.integers(1, 30))
def test_passage_is_a_part_of_the_text(text: str, start: int, length: int):
    passage = best_passage(text, wanted(text[start : start + length]))

    shown = "".join(piece.text for piece in passage)
    assert shown.removeprefix("… ").removesuffix(" …") in text


@given(TEXT)
def test_marks_never_break_the_page(text: str):
    html = render_to_string("kb/passage.html", {"passage": best_passage(text, wanted(text))})

    rest = html.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in rest
    assert html.count("<mark>") == html.count("</mark>")


def test_passage_is_where_most_different_words_match():
    far = "padding " * 3 + "filler " * 100
    text = far + "the stride and the padding together " + "filler " * 100

    passage = best_passage(text, wanted("stride padding"))

    assert set(marked(passage)) == {"stride", "padding"}
    assert passage[0].text == "… "
    assert passage[-1].text == " …"


def test_lines_of_code_are_shown_whole_and_only_where_something_matches():
    code = "import torch\n\nx = torch.ones(3)\ny = x.unsqueeze(0)\nprint(y)\n"

    assert telling_lines(code, wanted("nothing here")) == ()
    shown = "".join(piece.text for piece in telling_lines(code, wanted("unsqueeze")))
    assert shown.startswith("y = x.unsqueeze(0)")


@given(TEXT)
def test_lines_are_lines_of_the_code(code: str):
    shown = "".join(piece.text for piece in telling_lines(code, wanted(code)))

    assert shown in code
