"""Whoever asks reads articles, posts, tags, snippets and verifications; no token is needed."""

import pytest

from kb.models import Article

from .conftest import Program

pytestmark = pytest.mark.django_db


def test_list_shows_articles_in_both_languages(program: Program, freezing: Article):
    response = program.get("/articles")

    (line,) = response.json()["items"]
    assert line["titles"] == {"zh": "如何冻结层？", "en": "How do I freeze layers?"}
    assert line["tags"] == ["autograd", "pytorch"]
    assert line["urls"]["en"] == f"http://testserver/en/q/{freezing.pk}/freeze"
    assert response.json()["next_cursor"] is None
