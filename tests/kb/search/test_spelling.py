"""Which spelling is offered for what was typed."""

import pytest

from kb.models import SearchIndex
from kb.search import indexes
from kb.search.queries import parse_query
from kb.search.spelling import correct

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "better"),
    [
        ("exploding gradeints", "exploding gradients"),
        ("freeze layers", None),
        ("language:zh freeze", "lang:zh freeze"),
        ("tags:pytorch gradeints", "tag:pytorch gradients"),
        ("-verifed:yes freeze", "-verified:yes freeze"),
        ("ｌａｎｇｓ：zh freeze", "lang：zh freeze"),
        ("freeze runson:torch-2.13", "freeze runs-on:torch-2.13"),
        ("freeze foo:gradeints", None),
        ("freeze a:b", None),
        ("https://freez.example", None),
    ],
)
def test_spelling_of_words_and_of_filters(index: SearchIndex, typed: str, better: str | None):
    assert correct(parse_query(typed), indexes.current_reader()) == better
