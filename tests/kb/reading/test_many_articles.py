"""Lists cost the same number of queries at ten and at ten thousand articles."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kb.models import Article, Language, Post, Tag, Translation

pytestmark = pytest.mark.django_db
PATHS = ["/en/", "/zh/q/?sort=work", "/en/tags/", "/en/tags/pytorch", "/en/tagged/lstm+pytorch"]


def fill(count: int) -> None:
    """Store `count` articles in bulk, each with a question, an answer and two tags."""
    articles = Article.objects.bulk_create(
        Article(kind="question", slug=f"q{n}", health="works", score=n) for n in range(count)
    )
    posts = Post.objects.bulk_create(
        Post(article=article, role=role, position=position)
        for article in articles
        for position, role in enumerate((Post.Role.QUESTION, Post.Role.ANSWER))
    )
    Translation.objects.bulk_create(
        Translation(post=post, language=language, title=f"T{post.pk}", markdown="x")
        for post in posts
        for language in Language
    )
    links = Article.tags.through
    links.objects.bulk_create(
        links(article=article, tag=tag)
        for article in articles
        for tag in Tag.objects.filter(slug__in=["pytorch", "lstm"])
    )


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_lists_cost_the_same_at_ten_and_at_ten_thousand(
    client: Client, tags: None, django_assert_max_num_queries: Callable[..., object]
):
    fill(10)
    few = {path: queries(client, path) for path in PATHS}

    fill(10_000)
    many = {path: queries(client, path) for path in PATHS}

    assert many == few
