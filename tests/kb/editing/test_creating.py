"""Articles and answers born on the desk, and what of them is not text."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from kb.editing import TextEdit
from kb.editing.creating import add_answer, arrange_article, create_article
from kb.errors import AuthoringError
from kb.models import Article, AuditEntry, Language, Post, Source, Tag
from kb.people.roles import Role
from snippets.models import Snippet

ZH, EN = Language.ZH, Language.EN
GUIDE, QUESTION = Article.Kind.GUIDE, Article.Kind.QUESTION
pytestmark = pytest.mark.django_db


@pytest.fixture
def author(person_in: Callable[[Role], User]) -> User:
    return person_in(Role.AUTHOR)


@pytest.fixture
def guide(tags: None, author: User) -> Article:
    text = TextEdit(title="Freezing", markdown="# How\n\n```python run\nprint(1)\n```")
    chosen = [Tag.objects.get(slug="pytorch")]
    return create_article(kind=GUIDE, texts={EN: text}, tags=chosen, user=author)


def test_article_is_published_with_its_code(guide: Article, author: User):
    post = guide.posts.get()

    assert (guide.slug, post.role, post.author) == ("freezing", "body", "the-author")
    assert Snippet.objects.get().placements.get().post == post
    assert Article.objects.get().health == "unchecked"
    assert post.translations.get().revisions.get().created_by == author
    assert set(AuditEntry.objects.values_list("verb", flat=True)) == {
        "saved-text",
        "created-article",
    }
    assert guide.reviewed_at is None


def test_nothing_is_left_of_an_article_that_cannot_be_published(tags: None, author: User):
    wrong = TextEdit(title="T", markdown="```python run\n1")

    with pytest.raises(AuthoringError):
        create_article(kind=GUIDE, texts={EN: wrong}, tags=[], user=author)
    with pytest.raises(AuthoringError, match="no text in any language"):
        create_article(kind=GUIDE, texts={}, tags=[], user=author)

    assert not Article.objects.exists()
    assert not Source.objects.exists()


def test_answer_is_added_behind_the_others(freezing: Article, author: User):
    texts = {ZH: TextEdit(markdown="答"), EN: TextEdit(markdown="Answer")}

    added = add_answer(article=freezing, texts=texts, user=author)

    assert (added.position, added.role, added.is_written_here) == (2, "answer", True)
    assert added.translations.count() == 2


def test_old_slug_of_an_arranged_article_keeps_leading_there(client, guide: Article, author: User):
    keras = [Tag.objects.get(slug="keras")]

    arrange_article(article=guide, kind=GUIDE, slug="new", tags=keras, accepted=None, user=author)

    response = client.get(f"/en/q/{guide.pk}/freezing")
    assert response.status_code == 301
    assert response.headers["Location"] == f"/en/q/{guide.pk}/new"


def test_guide_that_becomes_a_question_has_its_headings_lower(guide: Article, author: User):
    def heading() -> str:
        return guide.posts.get().translations.get().blocks[0]["html"][:3]

    assert heading() == "<h2"

    arrange_article(
        article=guide, kind=QUESTION, slug=guide.slug, tags=[], accepted=None, user=author
    )

    assert guide.posts.get().role == Post.Role.QUESTION
    assert heading() == "<h3"


def test_question_with_answers_is_no_guide(freezing: Article, author: User):
    with pytest.raises(AuthoringError, match="a guide has no answers"):
        arrange_article(
            article=freezing, kind=GUIDE, slug=freezing.slug, tags=[], accepted=None, user=author
        )


def test_one_answer_is_accepted_at_most(freezing: Article, author: User):
    first = freezing.posts.get(position=1)
    second = add_answer(article=freezing, texts={EN: TextEdit(markdown="x")}, user=author)

    for answer in (first, second):
        arrange_article(
            article=freezing,
            kind=QUESTION,
            slug=freezing.slug,
            tags=list(freezing.tags.all()),
            accepted=answer,
            user=author,
        )

    assert list(freezing.posts.filter(is_accepted=True)) == [second]


def test_arranging_nothing_notes_nothing(freezing: Article, author: User):
    changed = arrange_article(
        article=freezing,
        kind=QUESTION,
        slug=freezing.slug,
        tags=list(freezing.tags.all()),
        accepted=None,
        user=author,
    )

    assert not changed
    assert not AuditEntry.objects.exists()
    freezing.refresh_from_db()
    assert not freezing.is_arranged_here
