"""The article page in one language, in the other, and in both."""

import dataclasses
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kb.models import Article, Post
from kb.storing.drafts import ArticleDraft
from tests.kb.conftest import post, question

pytestmark = pytest.mark.django_db
Store = Callable[[ArticleDraft], Article]
RUN = "```python run name=n{0}.py\nprint({0})\n```"


# What search engines read repeats the text, and is not executed.
DATA = re.compile(r'<script type="application/ld\+json">.*?</script>', re.DOTALL)


def page(client: Client, article: Article, lang: str = "zh", query: str = "") -> str:
    response = client.get(reverse("article", args=[lang, article.pk, article.slug]) + query)
    assert response.status_code == 200
    return DATA.sub("", response.content.decode())


def test_reader_gets_the_language_of_the_address(client: Client, freezing: Article):
    chinese, english = page(client, freezing, "zh"), page(client, freezing, "en")

    assert '<html lang="zh-Hans">' in chinese
    assert "只训练最后几层" in chinese
    assert "last layers" not in chinese
    assert '<html lang="en">' in english
    assert "Train the last layers only" in english
    assert "只训练最后几层" not in english
    assert "回答 1" in chinese
    assert "Answer 1" in english


def test_page_names_its_other_language(client: Client, freezing: Article):
    text = page(client, freezing, "zh", "?mode=both")

    path = f"http://testserver/%s/q/{freezing.pk}/freeze"
    assert f'<link rel="canonical" href="{path % "zh"}">' in text
    assert f'hreflang="en" href="{path % "en"}"' in text
    assert f'hreflang="zh-Hans" href="{path % "zh"}"' in text


def test_side_by_side_pairs_paragraphs_and_shows_the_card_once(client: Client, freezing: Article):
    text = page(client, freezing, "zh", "?mode=both")

    assert text.count('class="pair"') == 4
    assert text.count('<figure class="snippet"') == 1
    row = text[text.index("只训练最后几层") : text.index("Train the last layers only")]
    assert '<div class="prose" lang="en">' in row
    assert text.index("这样") < text.index("<figure") < text.index("就好")


def test_card_inside_a_list_follows_its_row_side_by_side(client: Client, store: Store):
    text = "- {}\n\n  ```python run\n  print(9)\n  ```\n"
    article = store(
        question(post(Post.Role.QUESTION, text.format("一"), text.format("one"), zh_title="题"))
    )

    both = page(client, article, "en", "?mode=both")
    single = page(client, article, "en", "?mode=one")

    assert both.count("<figure") == 1
    assert both.index(">一<") < both.index(">one<") < both.index("<figure")
    assert (
        single.index("<li>")
        < single.index("<figure")
        < single.index("</li>", single.index("<figure"))
    )


def test_missing_translation_shows_the_other_language_with_a_notice(client: Client, store: Store):
    article = store(question(post(Post.Role.QUESTION, "只有中文。", None, zh_title="题")))

    english = page(client, article, "en")
    both = page(client, article, "en", "?mode=both")

    for text in (english, both):
        assert "This article is in Chinese only so far." in text
        assert '<div class="prose" lang="zh-Hans"' in text
        assert '<h1 lang="zh-Hans">题</h1>' in text
        assert 'hreflang="en" href="http' not in text
    assert "notice" not in page(client, article, "zh", "?mode=one")


def test_answer_that_lacks_a_translation_says_so_itself(client: Client, store: Store):
    article = store(
        question(
            post(Post.Role.QUESTION, "问", "Ask", zh_title="题", en_title="Title"),
            post(Post.Role.ANSWER, None, "Only English."),
        )
    )

    text = page(client, article, "zh")

    assert "这一部分目前只有英文" in text
    assert '<div class="prose" lang="en"><p>Only English.</p>' in text


def test_number_of_queries_does_not_grow_with_answers(
    client: Client,
    store: Store,
    django_assert_max_num_queries: Callable[..., CaptureQueriesContext],
):
    opening = post(Post.Role.QUESTION, "问", "Ask", zh_title="题", en_title="Title")
    answers = [post(Post.Role.ANSWER, RUN.format(n), RUN.format(n)) for n in range(15)]
    few, many = (
        store(question(opening, answers[0], slug="few")),
        store(question(opening, *answers, slug="many")),
    )

    with django_assert_max_num_queries(12) as queries_few:
        page(client, few, "en", "?mode=both")
    with django_assert_max_num_queries(12) as queries_many:
        page(client, many, "en", "?mode=both")

    assert len(queries_many) == len(queries_few)


@pytest.mark.parametrize("slug", ["", "wrong"])
def test_wrong_slug_leads_to_the_right_address(client: Client, freezing: Article, slug: str):
    response = client.get(f"/en/q/{freezing.pk}/{slug}?mode=both")

    assert response.status_code == 301
    assert response.headers["Location"] == f"/en/q/{freezing.pk}/freeze?mode=both"


@pytest.mark.parametrize("path", ["/zh/q/999/x", "/en/q/99999999999999999999999/x", "/fr/q/1/x"])
def test_article_that_is_not_there_is_404(client: Client, db: None, path: str):
    assert client.get(path).status_code == 404


def test_accepted_answer_comes_first(client: Client, store: Store):
    draft = question(
        post(Post.Role.QUESTION, "问", None, zh_title="题"),
        post(Post.Role.ANSWER, "甲说", None),
        dataclasses.replace(post(Post.Role.ANSWER, "乙说", None), is_accepted=True),
    )

    text = page(client, store(draft))

    assert text.index("乙说") < text.index("甲说")
    assert "已采纳" in text


def test_page_has_nothing_that_the_content_policy_forbids(client: Client, freezing: Article):
    text = page(client, freezing, "en", "?mode=both")

    assert " style=" not in text
    assert "<style" not in text
    assert text.count("<script") == text.count("<script src=")
    assert " onclick" not in text


def test_snippet_shown_twice_has_one_address(client: Client, store: Store):
    draft = question(
        post(Post.Role.QUESTION, RUN.format(1), None, zh_title="题"),
        post(Post.Role.ANSWER, RUN.format(1), None),
    )

    text = page(client, store(draft))

    assert text.count('<figure class="snippet"') == 2
    assert text.count('id="snippet-') == 1
