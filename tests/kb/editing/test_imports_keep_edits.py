"""What was written on the desk outlives the next import, which says what its source has now."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from kb.editing import TextEdit, save_text
from kb.editing.creating import add_answer, arrange_article
from kb.models import Article, Language, Post, Report, Tag, Translation
from kb.people.roles import Role
from kb.services import save_article
from kb.storing.drafts import ArticleDraft
from kb.storing.keeping import IMPORT_KEY
from tests.kb.conftest import post, question

ZH, EN = Language.ZH, Language.EN
pytestmark = pytest.mark.django_db
CODE = "```python run\nprint({})\n```"


def draft(
    zh: str = "问", en: str | None = "Ask", *answers: str, tags: tuple[str, ...] = ()
) -> ArticleDraft:
    opening = post(Post.Role.QUESTION, zh, en, zh_title="题", en_title="Title")
    return question(opening, *(post(Post.Role.ANSWER, one, one) for one in answers), tags=tags)


@pytest.fixture
def writer(person_in: Callable[[Role], User]) -> User:
    return person_in(Role.CURATOR)


def text_of(position: int = 0, language: Language = EN) -> Translation:
    return Translation.objects.get(post__position=position, language=language)


def write(user: User, markdown: str, position: int = 0, language: Language = EN) -> None:
    text = text_of(position, language)
    save_text(
        post=text.post,
        language=language,
        markdown=markdown,
        title=text.title,
        user=user,
        base=text.revision_number,
    )


def suggestions() -> list[tuple[str, str, int | None]]:
    found = Report.objects.filter(kind="edit", status="open", reporter_key=IMPORT_KEY)
    return [(one.language, one.markdown, one.base_revision) for one in found.order_by("pk")]


def test_edited_text_stays_and_the_source_is_suggested(writer: User):
    save_article(draft=draft())
    write(writer, "Ask better")

    assert save_article(draft=draft(en="Ask again")) == "updated"

    assert text_of().markdown == "Ask better"
    assert suggestions() == [("en", "Ask again", 1)]
    assert Article.objects.get().work > 0


def test_text_that_nobody_edited_follows_its_source(writer: User):
    save_article(draft=draft())
    write(writer, "Ask better")

    save_article(draft=draft(zh="再问"))

    assert text_of(language=ZH).markdown == "再问"
    assert text_of().markdown == "Ask better"
    assert suggestions() == []


def test_next_change_of_the_source_replaces_the_suggestion(writer: User):
    save_article(draft=draft())
    write(writer, "Ask better")

    save_article(draft=draft(en="Ask again"))
    save_article(draft=draft(en="Ask a third time"))

    assert suggestions() == [("en", "Ask a third time", 1)]


def test_suggestion_that_was_declined_does_not_come_back(writer: User):
    save_article(draft=draft())
    write(writer, "Ask better")
    save_article(draft=draft(en="Ask again"))
    Report.objects.update(status="declined")

    save_article(draft=draft(zh="再问", en="Ask again"))

    assert suggestions() == []


def test_source_that_says_the_same_as_the_edit_rules_again(writer: User):
    save_article(draft=draft())
    write(writer, "Ask better")

    save_article(draft=draft(en="Ask better"))
    save_article(draft=draft(en="Ask best"))

    assert text_of().markdown == "Ask best"
    assert suggestions() == []


def test_translation_written_here_stays_beside_a_source_of_one_language(writer: User):
    save_article(draft=draft(en=None))
    opening = Post.objects.get(position=0)
    save_text(post=opening, language=EN, markdown="Ask", title="T", user=writer, base=0)

    save_article(draft=draft(zh="再问", en=None))

    assert text_of().markdown == "Ask"
    assert text_of(language=ZH).markdown == "再问"
    assert text_of().in_step_with == 1  # and is behind now


def test_new_code_that_the_edited_text_lacks_is_suggested_for_both(writer: User):
    save_article(draft=draft("问", "Ask", CODE.format(1)))
    write(writer, f"Run:\n\n{CODE.format(1)}", position=1)

    save_article(draft=draft("问", "Ask", CODE.format(2)))

    assert "print(1)" in text_of(1).markdown
    assert "print(1)" in text_of(1, ZH).markdown
    assert {(language, base) for language, _, base in suggestions()} == {("en", 1), ("zh-hans", 1)}


def test_answer_written_here_stays_where_it_is(writer: User):
    save_article(draft=draft("问", "Ask", "one"))
    article = Article.objects.get()
    ours = add_answer(article=article, texts={EN: TextEdit(markdown="ours")}, user=writer)

    save_article(draft=draft("问", "Ask", "one", "two"))
    save_article(draft=draft("问", "Ask", "one", "two, better"))

    found = {p.position: p.translations.get(language=EN).markdown for p in article.posts.all()}
    assert found == {0: "Ask", 1: "one", 2: "ours", 3: "two, better"}
    assert Post.objects.get(position=2).pk == ours.pk


def test_answer_that_left_the_source_stays_if_it_was_edited_here(writer: User):
    save_article(draft=draft("问", "Ask", "one", "two"))
    write(writer, "two, edited", position=2)

    save_article(draft=draft("问", "Ask"))

    assert list(Post.objects.values_list("position", flat=True)) == [0, 2]


def test_tags_chosen_here_outlive_the_import(writer: User, tags: None):
    save_article(draft=draft(tags=("keras",)))
    article = Article.objects.get()
    chosen = [Tag.objects.get(slug="lstm")]
    arrange_article(
        article=article, kind=Article.Kind.QUESTION, slug="mine", tags=chosen, accepted=None, user=writer
    )  # fmt: skip

    save_article(draft=draft(zh="再问", tags=("pytorch",)))

    article.refresh_from_db()
    assert (article.slug, list(article.tags.all())) == ("mine", chosen)
