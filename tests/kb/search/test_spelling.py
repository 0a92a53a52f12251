"""Which spelling is offered for what was typed."""

import pytest

from kb.models import SearchIndex
from kb.search import indexes
from kb.search.queries import parse_query
from kb.search.spelling import correct, name_filters

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "better"),
    [
        ("exploding gradeints", "exploding gradients"),
        ("freeze layers", None),
        ("error:gradeints", "error:gradients"),
        ("gradeint:freeze", None),
        ("-gradeints", None),
        ("https://freez.example", None),
    ],
)
def test_unknown_words_are_mended(index: SearchIndex, typed: str, better: str | None):
    assert correct(parse_query(typed), indexes.current_reader()) == better


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("language:zh freeze", "lang:zh freeze"),
        ("tags:PyTorch type:question", "tag:PyTorch is:question"),
        ("-verifed:yes freeze", "-verified:yes freeze"),
        ("ｌａｎｇｕａｇｅ：zh freeze", "lang：zh freeze"),
        ("freeze runson:torch-2.13", "freeze runs-on:torch-2.13"),
        ('x_votes:3 votes:"3"', 'x_votes:3 score:"3"'),
        ("tags:nosuch", None),
        ("status:200", None),
        ("scope:global", None),
        ("langchain:agent", None),
        ("model:bert mode:train node:18 long:zz", None),
        ("lang:zh freeze", None),
        ("freeze", None),
    ],
)
def test_unknown_filters_are_named(typed: str, meant: str | None):
    def resolve(name: str) -> str | None:
        return {"pytorch": "pytorch"}.get(name.lower())

    assert name_filters(parse_query(typed), resolve_tag=resolve) == meant
