"""A page is answered from the cache, or not at all, until something on it changes."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kb.feedback import cast_vote
from kb.models import Article, PostSnippet
from sandbox import runtime
from snippets import judging, verification
from snippets.models import Verification
from snippets.proving import Proof

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def path(freezing: Article) -> str:
    return reverse("article", args=["en", freezing.pk, freezing.slug])


def etag(client: Client, path: str) -> str:
    first = client.get(path)
    assert first.status_code == 200
    # The first answer brought the cookie that forms need; the second knows it.
    return client.get(path).headers["ETag"]


@pytest.mark.parametrize("page", ["/en/", "/en/q/", "/en/tags/", "/en/tags/pytorch", None])
def test_unchanged_page_is_not_sent_again(client: Client, path: str, page: str | None):
    tag = etag(client, page or path)

    response = client.get(page or path, headers={"if-none-match": tag})

    assert response.status_code == 304
    assert response.content == b""


def test_page_from_the_cache_costs_one_query(
    client: Client, path: str, django_assert_num_queries: Callable[[int], CaptureQueriesContext]
):
    client.get(path)

    with django_assert_num_queries(1):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("page", ["/en/", "/en/tags/pytorch", None])
def test_verification_is_seen_at_once(
    client: Client, path: str, freezing: Article, page: str | None
):
    tag = etag(client, page or path)
    snippet = PostSnippet.objects.get(post__article=freezing).snippet

    verification.keep(
        snippet=snippet,
        wanted=runtime.load("torch-2.13"),
        key="k",
        proof=Proof(judgement=judging.Judgement(outcome=Verification.Outcome.VERIFIED)),
        hashes=[],
        batch=None,
    )
    response = client.get(page or path, headers={"if-none-match": tag})

    assert response.status_code == 200
    assert b"1 snippet verified" in response.content


def test_vote_is_seen_at_once(client: Client, path: str, freezing: Article, owner: User):
    tag = etag(client, path)

    cast_vote(user=owner, post=freezing.posts.get(position=1), value=1)
    response = client.get(path, headers={"if-none-match": tag})

    assert response.status_code == 200
    assert b"1 vote" in response.content


def test_each_reader_gets_a_token_of_their_own(client: Client, path: str):
    other = Client(enforce_csrf_checks=True)

    pages = [reader.get(path).content.decode() for reader in (client, other)]

    tokens = [page.partition('name="csrfmiddlewaretoken" value="')[2][:64] for page in pages]
    assert len(set(tokens)) == 2
    assert all("goes-here" not in page for page in pages)


def test_readers_see_their_own_theme_and_mode(client: Client, path: str):
    plain = client.get(path).content.decode()
    client.cookies["theme"] = "dark"
    dark = client.get(path).content.decode()

    assert 'data-theme="dark"' not in plain
    assert 'data-theme="dark"' in dark


def test_page_of_a_signed_in_reader_is_kept_for_nobody(
    client: Client, client_of: Callable[[User], Client], path: str, owner: User
):
    mine = client_of(owner).get(path)

    assert "ETag" not in mine.headers
    assert b"owner" in mine.content
    assert b"owner" not in client.get(path).content
