"""The glossary's terms in a text, and whether the other text has their approved translation."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.editing.terms import Term, compare_terms
from kb.models import Language

ZH, EN = Language.ZH, Language.EN


def terms(source: str, target: str, language: Language) -> dict[str, str]:
    return {term.name: term.used for term in compare_terms(source, target, language=language)}


def test_term_with_its_approved_translation():
    (term,) = compare_terms("张量", "a tensor", language=ZH)

    assert term == Term(name="张量", approved="tensor", used="tensor")
    assert term.is_approved


def test_plural_and_capitals_are_the_same_term():
    assert terms("张量", "Tensors", ZH) == {"张量": "tensor"}


def test_synonym_is_told_from_the_approved_name():
    (term,) = compare_terms("a vector", "矢量", language=EN)

    assert (term.approved, term.used, term.is_approved) == ("向量", "矢量", False)


def test_term_that_the_other_text_lacks_comes_first():
    found = compare_terms("张量的形状", "the shape", language=ZH)

    assert [(term.name, term.used) for term in found] == [("张量", ""), ("形状", "shape")]


def test_longer_term_is_not_cut_into_shorter_ones():
    assert terms("稀疏张量", "sparse tensor", ZH) == {"稀疏张量": "sparse tensor"}


def test_traditional_characters_are_the_same_term():
    assert terms("張量", "tensor", ZH) == {"张量": "tensor"}


@settings(deadline=None)  # the first call loads dictionaries
@given(st.text(), st.text())
def test_any_text_can_be_compared(source: str, target: str):
    for language in Language:
        for term in compare_terms(source, target, language=language):
            assert term.approved
