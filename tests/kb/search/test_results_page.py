"""What the page of results shows, offers and costs."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kb.models import Article, Post, SearchIndex
from kb.search.draining import rebuild
from kb.storing.drafts import ArticleDraft
from tests.kb.conftest import post, question

pytestmark = pytest.mark.django_db
Store = Callable[[ArticleDraft], Article]


def page(client: Client, query: str, lang: str = "en", **more: str) -> str:
    response = client.get(f"/{lang}/search", {"q": query, **more})
    assert response.status_code == 200
    return response.content.decode()


def test_both_languages_of_a_post_are_one_hit_in_the_readers_language(
    client: Client, index: SearchIndex
):
    zh, en = page(client, "nn.Linear", "zh"), page(client, "nn.Linear")

    assert zh.count('<li class="card">') == en.count('<li class="card">') == 1
    assert "微调" in zh
    assert "How to" in en


def test_answer_is_shown_under_its_question(client: Client, index: SearchIndex):
    text = page(client, "clip_grad_norm_")

    assert "How should" in text
    assert "/clip#answer-1" in text
    assert "Answer 1" in text


def test_match_in_the_other_language_is_marked(client: Client, index: SearchIndex):
    assert "found in the English text" in page(client, "exploding gradients", "zh") or (
        "英文" in page(client, "exploding gradients", "zh")
    )
    assert "found in the" not in page(client, "exploding gradients")


def test_matches_are_marked_in_prose_and_in_code(client: Client, index: SearchIndex):
    text = page(client, "freeze requires_grad_")

    assert "<mark>freeze</mark>" in text
    assert '<pre class="code"' in text
    assert "<mark>requires_grad_</mark>" in text


def test_filter_is_a_chip_that_leads_to_the_query_without_it(client: Client, index: SearchIndex):
    text = page(client, "freeze [pytorch] lang:en")

    assert 'href="?q=freeze+lang%3Aen"' in text
    assert 'href="?q=freeze+%5Bpytorch%5D"' in text
    assert "tag:pytorch" in text


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("langauge:zh freeze", "“langauge:” is not a filter"),
        ("score:many freeze", "“score:many” was left out"),
        ("[quokka] freeze", "There is no tag “quokka”."),
        ("a " * 3000, "The query was too long"),
    ],
)
def test_what_was_not_taken_as_typed_is_told(
    client: Client, index: SearchIndex, query: str, note: str
):
    assert note in page(client, query)


def test_facets_count_and_narrow(client: Client, index: SearchIndex):
    text = page(client, "freeze gradients 标注")

    assert "%5Bpytorch%5D" in text
    assert "lang%3Azh" in text


def test_wrong_spelling_is_told_and_can_be_insisted_on(client: Client, index: SearchIndex):
    text = page(client, "exploding gradeints")
    assert "gradients" in text
    misspelt = page(client, "gradeints")
    exact = page(client, "gradeints", exact="1")

    assert "How should" in misspelt
    assert "exact=1" in misspelt
    assert "Nothing found." in exact
    assert "Did you mean" in exact


def test_what_is_shown_instead_can_be_narrowed(client: Client, index: SearchIndex):
    text = page(client, "lang:en gradeints")

    assert "Shown: <b>lang:en gradients</b>" in text
    assert 'href="?q=gradients"' in text  # the filter's chip
    assert "?q=lang%3Aen+gradients+%5Bpytorch%5D" in text  # a facet


def test_unknown_filter_is_told_and_the_one_that_was_meant_is_offered(
    client: Client, index: SearchIndex
):
    text = page(client, "language:en gradients")
    misspelt = page(client, "tags:pytorch exploding clip gradeints")

    assert 'Did you mean <a href="?q=tag%3Apytorch+exploding+clip+gradients">' in misspelt
    assert "“language:” is not a filter" in text
    assert 'Did you mean <a href="?q=lang%3Aen+gradients">' in text
    assert "Shown:" not in text


def test_good_query_is_not_corrected(client: Client, index: SearchIndex):
    text = page(client, "freeze layers")

    assert "Did you mean" not in text
    assert "Shown:" not in text


def test_empty_state_offers_ways_out(client: Client, index: SearchIndex):
    text = page(client, "freeze [keras] lang:en")

    assert "Nothing found." in text
    assert "Without tag:keras" in text
    assert "Without any filter" in text
    assert "lang%3Azh" in text


def test_nearest_tags_are_offered(client: Client, index: SearchIndex):
    assert 'href="/en/tags/autograd"' in page(client, "[autogard]")


@pytest.mark.parametrize("sort", ["newest", "votes", "verified", "nonsense"])
def test_order_can_be_chosen(client: Client, index: SearchIndex, sort: str):
    text = page(client, "[pytorch]", sort=sort)

    assert text.count('<li class="card">') == 2
    assert ("sort=newest" in text) is True


@pytest.mark.parametrize(
    "query", ["<script>alert(1)</script>", '"><b>', "{{ x }}", "a\0b", "\ud7ff"]
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_was_typed_never_becomes_markup(
    client: Client, index: SearchIndex, query: str, lang: str
):
    text = page(client, query, lang)

    assert "<script>alert" not in text
    assert "<b>" not in text.replace("<b>知验", "").replace('<b lang="', "")


@pytest.mark.parametrize("number", ["2", "0", "-1", "x", "9999999", "٣"])
def test_page_past_the_last_is_404(client: Client, index: SearchIndex, number: str):
    assert client.get("/en/search", {"q": "freeze", "page": number}).status_code == 404


def test_many_results_are_cut_into_pages_without_repeating(
    client: Client, tags: None, store: Store
):
    for n in range(45):
        title = {"en_title": f"Quokka number {n}"}
        store(question(post(Post.Role.QUESTION, None, "x", **title), slug=f"q{n}"))
    rebuild()

    pages = [page(client, "quokka", **({"page": str(n)} if n > 1 else {})) for n in (1, 2, 3)]

    counts = [text.count('<li class="card">') for text in pages]
    assert counts == [20, 20, 5]
    shown = [
        line for text in pages for line in text.splitlines() if line.startswith("<h2><a href=")
    ]
    assert len(set(shown)) == 45
    assert "45 articles" in pages[0]


@pytest.mark.parametrize("query", ["quokka", "[pytorch] quokka", "quokka xyzzy"])
def test_number_of_queries_does_not_grow_with_hits(
    client: Client,
    tags: None,
    store: Store,
    query: str,
    django_assert_max_num_queries: Callable[..., CaptureQueriesContext],
):
    def add(n: int) -> None:
        code = f"```python run\nprint({n})\n```"
        draft = question(
            post(Post.Role.QUESTION, code, code, en_title=f"Quokka {n}"),
            post(Post.Role.ANSWER, "袋鼠", "quokka"),
            slug=f"q{n}",
            tags=("pytorch",),
        )
        store(draft)

    add(1)
    rebuild()
    with django_assert_max_num_queries(12) as one:
        page(client, query)
    for n in range(2, 19):
        add(n)
    rebuild()

    with django_assert_max_num_queries(len(one)):
        page(client, query)
