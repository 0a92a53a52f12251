"""Home, tags, combined tags and search: what they list, where they lead, what they cost."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kb.models import Article, Post
from kb.storing.drafts import ArticleDraft
from tests.kb.conftest import post, question

pytestmark = pytest.mark.django_db
Store = Callable[[ArticleDraft], Article]


def opening(n: int, *tags: str) -> ArticleDraft:
    code = f"```python run\nprint({n})\n```"
    titles = {"zh_title": f"第{n}题", "en_title": f"Question {n}"}
    return question(post(Post.Role.QUESTION, code, code, **titles), slug=f"q{n}", tags=tags)


@pytest.fixture
def thirty(tags: None, store: Store) -> None:
    for n in range(30):
        store(opening(n, "pytorch", *(["lstm"] if n % 3 == 0 else [])))


def text_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


@pytest.mark.parametrize("path", ["/zh/q/", "/en/tags/pytorch", "/en/search?q=Question"])
def test_list_is_cut_into_pages(client: Client, thirty: None, path: str):
    join = "&" if "?" in path else "?"

    first, second = text_of(client, path), text_of(client, f"{path}{join}page=2")

    assert first.count('<li class="card">') == 20
    assert second.count('<li class="card">') == 10
    assert "page=2" in first


@pytest.mark.parametrize("number", ["3", "0", "-1", "x", "99999999999999999999"])
@pytest.mark.parametrize("path", ["/zh/q/", "/zh/tags/pytorch", "/zh/search?q=题"])
def test_page_past_the_last_is_404(client: Client, thirty: None, path: str, number: str):
    join = "&" if "?" in path else "?"

    assert client.get(f"{path}{join}page={number}").status_code == 404


@pytest.mark.parametrize(
    "path", ["/zh/", "/en/tags/", "/en/tags/pytorch", "/en/tagged/lstm+pytorch", "/zh/search?q=题"]
)
def test_number_of_queries_does_not_grow_with_rows(
    client: Client,
    tags: None,
    store: Store,
    path: str,
    django_assert_max_num_queries: Callable[..., CaptureQueriesContext],
):
    store(opening(1, "pytorch", "lstm"))
    with django_assert_max_num_queries(16) as one:
        text_of(client, path)
    for n in range(2, 15):
        store(opening(n, "pytorch", "lstm", *(["keras"] if n % 2 else [])))

    with django_assert_max_num_queries(len(one)):
        text_of(client, path)


def test_empty_site_has_pages_too(client: Client):
    for path in ("/zh/", "/en/tags/", "/en/search", "/en/search?q=x"):
        text_of(client, path)


def test_row_shows_both_titles_and_the_language_of_each(client: Client, freezing: Article):
    text = text_of(client, "/en/")

    assert 'lang="en">How do I freeze layers?</a>' in text
    assert '<p class="twin" lang="zh-Hans">如何冻结层？</p>' in text


def test_tag_page_lists_articles_and_kin(client: Client, freezing: Article):
    text = text_of(client, "/en/tags/autograd")

    assert "How do I freeze layers?" in text
    assert "自动求导" in text
    assert 'href="/en/tags/pytorch">PyTorch' in text
    assert 'href="/en/tagged/autograd+pytorch"' in text


@pytest.mark.parametrize("name", ["torch", "TORCH", "PyTorch"])
def test_synonym_leads_to_its_tag(client: Client, tags: None, name: str):
    response = client.get(f"/en/tags/{name}")

    assert response.status_code == 301
    assert response.headers["Location"] == "/en/tags/pytorch"


def test_chinese_synonym_leads_to_its_tag(client: Client, tags: None):
    assert client.get("/zh/tags/高层接口").headers["Location"] == "/zh/tags/keras"


def test_unknown_tag_is_404(client: Client, tags: None):
    assert client.get("/en/tags/nope").status_code == 404
    assert client.get("/en/tagged/pytorch+nope").status_code == 404


def test_combined_tags_list_the_articles_that_have_all(client: Client, thirty: None):
    text = text_of(client, "/en/tagged/lstm+pytorch")

    assert text.count('<li class="card">') == 10
    assert '<meta name="robots" content="noindex' in text


@pytest.mark.parametrize(
    ("names", "leads_to"),
    [
        ("pytorch+autograd", "/en/tagged/autograd+pytorch"),
        ("torch+autograd", "/en/tagged/autograd+pytorch"),
        ("autograd+pytorch+autograd", "/en/tagged/autograd+pytorch"),
        ("autograd++pytorch", "/en/tagged/autograd+pytorch"),
        ("pytorch", "/en/tags/pytorch"),
        ("torch+pytorch", "/en/tags/pytorch"),
        ("+", "/en/tags/"),
    ],
)
def test_every_order_of_tags_leads_to_one_address(
    client: Client, tags: None, names: str, leads_to: str
):
    response = client.get(f"/en/tagged/{names}")

    assert response.status_code in {301, 302}
    assert response.headers["Location"] == leads_to


def test_more_than_three_tags_are_refused_with_help(client: Client, tags: None):
    response = client.get("/en/tagged/autograd+keras+lstm+pytorch")

    assert response.status_code == 400
    assert "At most 3 tags can be combined" in response.content.decode()


@pytest.mark.parametrize(
    "query", ["freeze", "FREEZE layers", "冻结", "torch", "自动求导", "freeze autograd"]
)
def test_search_finds_titles_and_tags_in_either_language(
    client: Client, freezing: Article, query: str
):
    assert text_of(client, f"/en/search?q={query}").count('<li class="card">') == 1


@pytest.mark.parametrize("query", ["nothing", "%", "x" * 5000, "a\0b", "' OR 1=1 --", "<script>"])
def test_search_for_anything_else_finds_nothing(client: Client, freezing: Article, query: str):
    response = client.get("/en/search", {"q": query})

    assert response.status_code == 200
    assert '<li class="card">' not in response.content.decode()
    assert "<script>" not in response.content.decode()
