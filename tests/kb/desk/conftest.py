"""Snippets in every state that a queue is for, on articles with readers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from kb.models import Article, Post, PostSnippet
from kb.people.roles import Role
from snippets.models import Snippet, Verification

ClientOf = Callable[[User], Client]
PersonIn = Callable[[Role], User]


@pytest.fixture
def curator_client(client_of: ClientOf, person_in: PersonIn) -> Client:
    return client_of(person_in(Role.CURATOR))


@pytest.fixture
def shown(db: None) -> Callable[..., Snippet]:
    """Make a snippet that an article of its own shows, to so many readers."""

    def make(code: str, *, readers: int = 0, **values: Any) -> Snippet:
        number = Article.objects.count() + 1
        article = Article.objects.create(kind="question", slug=f"a{number}", view_count=readers)
        post = Post.objects.create(article=article, role="question", position=0)
        post.translations.create(language="en", title=f"Question {number}", markdown="?")
        snippet = Snippet.objects.create(code=code, digest=f"{number:064}", **values)
        PostSnippet.objects.create(post=post, snippet=snippet, position=0)
        return snippet

    return make


@pytest.fixture
def judged() -> Callable[..., Verification]:
    """Give a snippet a current verification on a runtime, after those that it had."""

    def make(
        snippet: Snippet, outcome: str, runtime: str = "torch-2.13", **values: Any
    ) -> Verification:
        snippet.verifications.filter(runtime=runtime).update(is_current=False)
        return Verification.objects.create(
            snippet=snippet, runtime=runtime, key="k", outcome=outcome, **values
        )

    return make


@pytest.fixture
def answer(freezing: Article) -> Post:
    return freezing.posts.get(position=1)


@pytest.fixture
def colleague(person_in: Callable[[Role], User]) -> User:
    return person_in(Role.AUTHOR)
