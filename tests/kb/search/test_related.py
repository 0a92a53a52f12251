"""An article leads to those about the same."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kb.models import Article, Post
from kb.search.draining import rebuild
from kb.storing.drafts import ArticleDraft
from tests.kb.conftest import post, question

pytestmark = pytest.mark.django_db
Store = Callable[[ArticleDraft], Article]


def make(store: Store, slug: str, title: str, *tags: str) -> Article:
    draft = question(
        post(Post.Role.QUESTION, None, "Body.", en_title=title),
        post(Post.Role.ANSWER, None, "Answer."),
        slug=slug,
        tags=tags,
    )
    return store(draft)


def test_nearest_articles_are_named_but_not_the_article_itself(
    client: Client, tags: None, store: Store
):
    article = make(store, "a", "Freezing layers in a network", "pytorch")
    make(store, "b", "Which layers to freeze first", "pytorch")
    make(store, "c", "Sorting a dictionary", "keras")
    rebuild()

    text = client.get(f"/en/q/{article.pk}/a").content.decode()

    assert "Related articles" in text
    assert "Which layers to freeze first" in text
    assert "Sorting a dictionary" not in text


def test_number_of_queries_does_not_grow_with_related_articles(
    client: Client,
    tags: None,
    store: Store,
    django_assert_max_num_queries: Callable[..., CaptureQueriesContext],
):
    article = make(store, "a", "Freezing layers", "pytorch")
    make(store, "b", "Freezing layers again", "pytorch")
    rebuild()
    with django_assert_max_num_queries(20) as one:
        client.get(f"/en/q/{article.pk}/a", {"x": "1"})
    for n in range(6):
        make(store, f"n{n}", f"Freezing layers {n}", "pytorch")
    rebuild()

    with django_assert_max_num_queries(len(one)):
        client.get(f"/en/q/{article.pk}/a", {"x": "2"})
