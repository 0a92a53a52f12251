"""Saving an article is idempotent, keeps revisions, and refuses what does not fit together."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test.utils import CaptureQueriesContext

from kb.errors import AuthoringError
from kb.models import Article, Post, PostSnippet, Revision, Translation
from kb.services import save_article
from kb.storing.drafts import ArticleDraft
from snippets.models import Snippet
from tests.kb.conftest import post, question

RUN = "```python run\nprint({})\n```"

pytestmark = pytest.mark.django_db


def two_posts(zh: str = "问", en: str = "Ask", answer: str = RUN.format(1)) -> ArticleDraft:
    return question(
        post(Post.Role.QUESTION, zh, en, zh_title="题", en_title="Title"),
        post(Post.Role.ANSWER, answer, answer),
    )


def test_same_draft_again_costs_one_query(
    django_assert_num_queries: Callable[..., CaptureQueriesContext],
):
    assert save_article(draft=two_posts()) == "created"

    with django_assert_num_queries(1):
        assert save_article(draft=two_posts()) == "unchanged"


def test_only_the_changed_translation_gets_a_revision():
    save_article(draft=two_posts())

    assert save_article(draft=two_posts(en="Ask again")) == "updated"

    assert Revision.objects.count() == 5
    changed = Translation.objects.get(revision_number=2)
    assert (changed.language, changed.markdown) == ("en", "Ask again")
    assert [r.markdown for r in changed.revisions.order_by("number")] == ["Ask", "Ask again"]
    assert Article.objects.count() == 1


def test_both_languages_show_one_snippet():
    save_article(draft=two_posts())

    snippet = Snippet.objects.get()
    assert PostSnippet.objects.get().snippet == snippet
    blocks = [t.blocks for t in Translation.objects.filter(post__role="answer")]
    assert blocks == [[{"kind": "snippet", "snippet": snippet.pk}]] * 2


def test_languages_with_different_code_are_refused_and_nothing_is_written():
    answer = post(Post.Role.ANSWER, RUN.format(1), "text\n\n" + RUN.format(2))

    with pytest.raises(AuthoringError, match=r"post 1 \(en\), line 3: the code of this snippet"):
        save_article(draft=question(post(Post.Role.QUESTION, "问", "Ask"), answer))

    assert not Article.objects.exists()


def test_languages_with_different_numbers_of_snippets_are_refused():
    answer = post(Post.Role.ANSWER, RUN.format(1), "none")

    with pytest.raises(AuthoringError, match="1 runnable snippets in zh, 0 in en"):
        save_article(draft=question(post(Post.Role.QUESTION, "问", "Ask"), answer))


def test_code_may_differ_in_indentation_and_line_ends():
    indented = "- x\n\n  ```python run\n  print(1)   \n  ```\n"
    answer = post(Post.Role.ANSWER, RUN.format(1), indented)

    save_article(draft=question(post(Post.Role.QUESTION, "问", "Ask"), answer))

    assert Snippet.objects.count() == 1


def test_unknown_tag_is_refused():
    with pytest.raises(AuthoringError, match="unknown tag 'nope'"):
        save_article(draft=replace(two_posts(), tags=("nope",)))

    assert not Article.objects.exists()


def test_unknown_runtime_is_refused():
    code = "```python run runtime=torch-0.1\nx\n```"

    with pytest.raises(AuthoringError, match=r"line 1: unknown runtime 'torch-0.1'; known: .*tf-2"):
        save_article(draft=two_posts(answer=code))


def test_answer_taken_out_of_the_draft_is_removed():
    save_article(draft=two_posts())

    save_article(draft=question(post(Post.Role.QUESTION, "问", "Ask")))

    assert [p.role for p in Post.objects.all()] == ["question"]


def test_two_articles_of_one_slug_get_different_addresses():
    first = two_posts()
    other = replace(first, source=replace(first.source, external_id="other"))

    save_article(draft=first)
    save_article(draft=other)

    assert sorted(Article.objects.values_list("slug", flat=True)) == ["freeze", "freeze-2"]


def test_article_in_one_language_is_fine():
    draft = question(
        post(Post.Role.QUESTION, "问", None), post(Post.Role.ANSWER, RUN.format(1), None)
    )

    assert save_article(draft=draft) == "created"


def test_session_runs_after_the_snippets_before_it():
    setup = "```python setup\nimport math\n```\n"
    text = setup + "```python run\na = 1\n```\n```python run session\na\n```"

    save_article(draft=two_posts(answer=text))

    snippet = Snippet.objects.get(code="a")
    assert snippet.setup == "import math\n\na = 1"


def test_deleted_article_is_made_again():
    save_article(draft=two_posts())
    Article.objects.all().delete()

    assert save_article(draft=two_posts()) == "created"
