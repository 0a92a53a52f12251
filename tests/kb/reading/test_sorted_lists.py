"""Lists in every order, filters as removable chips, and how much of it the address says."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from kb.models import Article, Post
from kb.storing.drafts import ArticleDraft
from tests.kb.conftest import post, question

pytestmark = pytest.mark.django_db
Store = Callable[[ArticleDraft], Article]


@pytest.fixture
def three(tags: None, store: Store) -> None:
    """Articles A, B, C, each first in some order."""
    values = {
        "A": {"score": 9, "health": "works", "verified_at": timezone.now()},
        "B": {"view_count": 9, "health": "broken", "work": 4, "broke_at": timezone.now()},
        "C": {},
    }
    for name, columns in values.items():
        opening = post(Post.Role.QUESTION, name, name, zh_title=f"题{name}", en_title=f"T-{name}")
        article = store(question(opening, slug=name.lower(), tags=("pytorch",)))
        Article.objects.filter(pk=article.pk).update(**columns)


def order(client: Client, query: str) -> str:
    text = client.get(f"/en/tags/pytorch{query}").content.decode()
    return "".join(sorted("ABC", key=lambda name: text.find(f">T-{name}<")))


@pytest.mark.parametrize(
    ("sort", "first"),
    [("votes", "A"), ("views", "B"), ("verified", "A"), ("work", "B"), ("newest", "C")],
)
def test_list_is_sorted_as_asked(client: Client, three: None, sort: str, first: str):
    assert order(client, f"?sort={sort}")[0] == first


def test_filter_narrows_and_its_chip_takes_it_back(client: Client, three: None):
    text = client.get("/en/tags/pytorch?health=broken&sort=votes").content.decode()

    assert "T-B" in text
    assert "T-A" not in text
    assert 'class="chip on" rel="nofollow" href="?sort=votes"' in text


def test_unknown_choices_are_no_choices(client: Client, three: None):
    assert client.get("/en/tags/pytorch?sort=x&health=y&kind=z").status_code == 200


def test_views_in_another_order_are_not_for_search_engines(client: Client, three: None):
    plain = client.get("/en/tags/pytorch").content.decode()
    special = client.get("/en/tags/pytorch?sort=votes").content.decode()

    assert "noindex" not in plain
    assert "noindex" in special


def test_home_shows_what_works_and_what_broke(client: Client, three: None):
    text = client.get("/en/").content.decode()

    assert text.index("Verified lately") < text.index("T-A") < text.index("Broke lately")
    assert text.index("Broke lately") < text.index("T-B")


@pytest.mark.parametrize("text", ["torch", "火炬", "自动求导", "AUTOGRAD"])
def test_tag_index_is_filtered_by_any_name(client: Client, tags: None, text: str):
    page = client.get("/en/tags/", {"filter": text}).content.decode()

    assert "/en/tags/pytorch" in page
    assert 'href="/en/tags/lstm"' not in page


def test_family_counts_an_article_once(client: Client, freezing: Article, store: Store):
    opening = post(Post.Role.QUESTION, "x", "x", zh_title="x", en_title="x")
    store(question(opening, slug="x", tags=("autograd",)))

    text = client.get("/en/tags/").content.decode()

    assert "2 with those below" in text
