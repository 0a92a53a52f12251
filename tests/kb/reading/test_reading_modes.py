"""The chosen mode is remembered; a text that is behind says so and leads to what changed."""

import dataclasses
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from kb.models import Article, Language, Post, Translation
from kb.storing.drafts import ArticleDraft
from tests.kb.conftest import post, question

pytestmark = pytest.mark.django_db
Store = Callable[[ArticleDraft], Article]
TITLES = {"zh_title": "题", "en_title": "Title"}


def draft(zh: str, en: str) -> ArticleDraft:
    return question(post(Post.Role.QUESTION, zh, en, **TITLES), post(Post.Role.ANSWER, "答", "A"))


def address(article: Article, lang: str = "zh") -> str:
    return reverse("article", args=[lang, article.pk, article.slug])


def test_side_by_side_is_remembered_until_one_language_is_chosen(client: Client, store: Store):
    path = address(store(draft("问", "Ask")))

    client.get(f"{path}?mode=both")
    remembered = client.get(path).content.decode()
    client.get(f"{path}?mode=one")
    single = client.get(path).content.decode()

    assert 'class="pair"' in remembered
    assert 'class="pair"' not in single


def test_text_in_step_has_no_notice(client: Client, store: Store):
    article = store(draft("问", "Ask"))
    store(draft("问二", "Ask two"))

    assert "changes?from=" not in client.get(address(article)).content.decode()


def test_text_that_is_behind_says_by_how_much_and_shows_the_change(client: Client, store: Store):
    article = store(draft("问", "Ask"))
    store(draft("问", "Ask twice"))
    store(draft("问", "Ask twice now"))
    opening = article.posts.get(position=0)

    chinese = client.get(address(article, "zh")).content.decode()
    english = client.get(address(article, "en")).content.decode()
    link = f"/zh/posts/{opening.pk}/en/changes?from=1"
    changes = client.get(link).content.decode()

    assert "英文正文领先 2 个版本" in chinese
    assert link in chinese
    assert "revisions ahead" not in english
    assert "<ins> twice now</ins>" in changes
    # The text is English; what names it is the page's.
    assert 'aria-label="改动"><div lang="en">' in changes


def test_text_written_anew_has_caught_up(store: Store):
    article = store(draft("问", "Ask"))
    store(draft("问", "Ask twice"))

    store(draft("问两次", "Ask twice"))

    texts = {
        t.language: t for t in Translation.objects.filter(post__article=article, post__position=0)
    }
    assert texts[Language.ZH].in_step_with == texts[Language.EN].revision_number == 2
    assert texts[Language.EN].in_step_with == texts[Language.ZH].revision_number == 2


@pytest.mark.parametrize("query", ["?from=9", "?to=x", "?from=1&to=77"])
def test_unknown_revision_is_404(client: Client, store: Store, query: str):
    opening = store(draft("问", "Ask")).posts.get(position=0)

    assert client.get(f"/en/posts/{opening.pk}/en/changes{query}").status_code == 404


def test_revision_shows_markup_as_text(client: Client, store: Store):
    article = store(draft("问", "Ask"))
    store(draft("问", "Ask <script>alert(1)</script>"))
    opening = article.posts.get(position=0)

    text = client.get(f"/en/posts/{opening.pk}/en/changes").content.decode()

    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text or "&lt;" in text


def test_answers_stand_by_votes_then_by_what_works(store: Store, client: Client):
    weak, strong = post(Post.Role.ANSWER, "弱", "Weak"), post(Post.Role.ANSWER, "强", "Strong")
    article = store(
        question(
            post(Post.Role.QUESTION, "问", "Ask", **TITLES),
            dataclasses.replace(weak, is_accepted=True, score=1),
            dataclasses.replace(strong, score=5),
        )
    )

    text = client.get(address(article)).content.decode()

    assert text.index('id="answer-2"') < text.index('id="answer-1"')
