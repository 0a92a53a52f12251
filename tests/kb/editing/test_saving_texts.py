"""A text saved on the desk is a revision, agrees with the other language, and overwrites nobody."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from kb.editing import EditConflict, TextEdit, save_text, save_texts
from kb.editing.saving import agree_texts, restore_revision
from kb.errors import AuthoringError
from kb.models import Article, AuditEntry, Language, Post, PostSnippet, Revision, Translation
from kb.people.roles import Role
from kb.storing.steps import revisions_behind
from snippets.models import Snippet

ZH, EN = Language.ZH, Language.EN
pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(freezing: Article) -> Post:
    return freezing.posts.get(position=1)


@pytest.fixture
def writer(person_in: Callable[[Role], User]) -> User:
    return person_in(Role.CURATOR)


def text_of(post: Post, language: Language = EN) -> Translation:
    return post.translations.get(language=language)


def edit(post: Post, language: Language, old: str, new: str) -> TextEdit:
    text = text_of(post, language)
    assert old in text.markdown
    markdown = text.markdown.replace(old, new)
    return TextEdit(markdown=markdown, title=text.title, base=text.revision_number)


def save(post: Post, user: User, *edits: tuple[Language, str, str], **values) -> list[Language]:
    made = {language: edit(post, language, old, new) for language, old, new in edits}
    return save_texts(post=post, edits=made, user=user, **values)


def test_saved_text_is_a_revision_that_says_who_and_why(answer: Post, writer: User):
    save(answer, writer, (EN, "Done.", "That is all."), comment="clearer")

    text = text_of(answer)
    revision = text.revisions.get(number=2)
    assert (text.revision_number, revision.markdown) == (2, text.markdown)
    assert (revision.created_by, revision.comment) == (writer, "clearer")
    assert "That is all." in text.blocks[-1]["html"]
    entry = AuditEntry.objects.get()
    assert (entry.user, entry.verb, entry.why) == (writer, "saved-text", "clearer")
    assert (entry.target_kind, entry.target_id) == ("translation", text.pk)
    assert entry.label == "How do I freeze layers? #1 (en)"


def test_saved_text_moves_what_its_page_is_cached_by(answer: Post, writer: User):
    before = answer.article.changed_at

    save(answer, writer, (EN, "Done.", "That is all."))

    assert Article.objects.get().changed_at > before


def test_text_that_is_the_same_is_no_revision(answer: Post, writer: User):
    text = text_of(answer)
    dos = text.markdown.replace("\n", "\r\n")

    changed = save_text(post=answer, language=EN, markdown=dos, user=writer, base=1)

    assert not changed
    assert text_of(answer).revision_number == 1
    assert not AuditEntry.objects.exists()


def test_other_language_is_behind_until_it_is_written_too(answer: Post, writer: User):
    save(answer, writer, (EN, "Done.", "That is all."))
    texts = {text.language: text for text in answer.translations.all()}
    assert (revisions_behind(texts, ZH), revisions_behind(texts, EN)) == (1, 0)

    save(answer, writer, (ZH, "就好", "这样就好"))

    texts = {text.language: text for text in answer.translations.all()}
    assert (revisions_behind(texts, ZH), revisions_behind(texts, EN)) == (0, 0)


def test_no_change_needed_brings_both_in_step(answer: Post, writer: User):
    save(answer, writer, (EN, "Done.", "Done!"))
    assert Article.objects.get().work > 0

    assert agree_texts(post=answer, user=writer)

    texts = {text.language: text for text in answer.translations.all()}
    assert revisions_behind(texts, ZH) == 0
    assert Article.objects.get().work == 0
    assert AuditEntry.objects.filter(verb="marked-in-step").count() == 1
    assert not agree_texts(post=answer, user=writer)


def test_code_changed_in_one_language_alone_is_refused(answer: Post, writer: User):
    with pytest.raises(AuthoringError, match="both languages must show the same"):
        save(answer, writer, (EN, "print(1)", "print(2)"))

    assert text_of(answer).revision_number == 1
    assert not Revision.objects.filter(number=2).exists()


def test_code_is_carried_into_the_other_language(answer: Post, writer: User):
    save(answer, writer, (EN, "print(1)", "print(2)"), carry_from=EN)

    zh = text_of(answer, ZH)
    assert "print(2)" in zh.markdown
    assert "就好" in zh.markdown
    assert zh.revision_number == 2


def test_code_changed_in_both_is_placed_anew(answer: Post, writer: User):
    save(answer, writer, (EN, "print(1)", "print(2)"), (ZH, "print(1)", "print(2)"))

    place = PostSnippet.objects.get(post=answer)
    assert place.snippet.code == "print(2)"
    assert {"kind": "snippet", "snippet": place.snippet_id} in text_of(answer).blocks
    # The one that nobody shows any more stays, with its history.
    assert Snippet.objects.count() == 2


def test_claim_changed_reaches_the_snippet(answer: Post, writer: User):
    save(answer, writer, (EN, "output\n1", "output\n2"), carry_from=EN)

    assert Snippet.objects.get().claim == "2"


def test_text_saved_meanwhile_is_not_overwritten(answer: Post, writer: User, curator: User):
    mine = edit(answer, EN, "Done.", "Mine.")
    save(answer, curator, (EN, "Done.", "Theirs."))

    with pytest.raises(EditConflict) as error:
        save_texts(post=answer, edits={EN: mine}, user=writer)

    assert list(error.value.texts) == [EN]
    assert "Theirs." in text_of(answer).markdown


def test_text_saved_since_the_post_was_read_is_not_overwritten(
    answer: Post, writer: User, curator: User
):
    read_before = Post.objects.prefetch_related("translations").get(pk=answer.pk)
    mine = edit(answer, EN, "Done.", "Mine.")
    save(answer, curator, (EN, "Done.", "Theirs."))

    with pytest.raises(EditConflict):
        save_texts(post=read_before, edits={EN: mine}, user=writer)

    assert "Theirs." in text_of(answer).markdown


def test_text_deleted_meanwhile_is_told(answer: Post, writer: User):
    mine = edit(answer, EN, "Done.", "Mine.")
    gone = Post.objects.get(pk=answer.pk)
    answer.article.delete()

    with pytest.raises(AuthoringError, match="deleted meanwhile"):
        save_texts(post=gone, edits={EN: mine}, user=writer)


def test_text_that_i_left_alone_is_no_conflict(answer: Post, writer: User, curator: User):
    """The editor sends both texts; only what was changed in it counts."""
    left_alone = edit(answer, EN, "Done.", "Done.")
    save(answer, curator, (EN, "Done.", "Theirs."))

    changed = save_texts(
        post=answer, edits={EN: left_alone, ZH: edit(answer, ZH, "就好", "好了")}, user=writer
    )

    assert changed == [ZH]
    assert "Theirs." in text_of(answer).markdown


def test_both_wrote_the_same(answer: Post, writer: User, curator: User):
    mine = edit(answer, EN, "Done.", "Same.")
    save(answer, curator, (EN, "Done.", "Same."))

    assert save_texts(post=answer, edits={EN: mine}, user=writer) == []


def test_translation_is_begun(answer: Post, writer: User):
    text_of(answer, ZH).delete()
    zh = text_of(answer).markdown.replace("So:", "这样：")

    save_text(post=answer, language=ZH, markdown=zh, user=writer, base=0)

    text = text_of(answer, ZH)
    assert (text.revision_number, text.in_step_with) == (1, 1)


@pytest.mark.parametrize(
    ("markdown", "title", "said"),
    [
        ("", "Title", "is empty"),
        ("Text", "", "title in en is missing"),
        ("```python run", "T", "never"),
    ],
)
def test_what_cannot_be_published_is_refused(
    freezing: Article, writer: User, markdown: str, title: str, said: str
):
    post = freezing.posts.get(position=0)

    with pytest.raises(AuthoringError, match=said):
        save_text(post=post, language=EN, markdown=markdown, title=title, user=writer, base=1)

    assert post.translations.get(language=EN).revision_number == 1


def test_other_text_may_lack_its_title(freezing: Article, writer: User):
    post = freezing.posts.get(position=0)
    post.translations.filter(language=ZH).update(title="")

    assert save_text(post=post, language=EN, markdown="New", title="T", user=writer, base=1)


def test_rolled_back_text_is_a_new_revision(answer: Post, writer: User):
    original = text_of(answer).markdown
    save(answer, writer, (EN, "Done.", "Worse."))

    restore_revision(
        revision=text_of(answer).revisions.get(number=1), user=writer, why="was better"
    )

    text = text_of(answer)
    assert (text.revision_number, text.markdown) == (3, original)
    assert text.revisions.get(number=3).comment == "r1: was better"
    assert AuditEntry.objects.filter(verb="restored-text").count() == 1


def test_rolling_back_code_takes_the_other_language_along(answer: Post, writer: User):
    save(answer, writer, (EN, "print(1)", "print(2)"), carry_from=EN)
    first = text_of(answer).revisions.get(number=1)

    with pytest.raises(AuthoringError):
        restore_revision(revision=first, user=writer, why="1 is right")
    restore_revision(revision=first, user=writer, why="1 is right", carry_from=EN)

    assert "print(1)" in text_of(answer, ZH).markdown


def test_saving_costs_no_more_queries_with_more_revisions(
    answer: Post, writer: User, django_assert_max_num_queries
):
    for number in range(5):
        old = "Done." if number == 0 else f"v{number - 1}."
        save(answer, writer, (EN, old, f"v{number}."))

    with django_assert_max_num_queries(60):
        save(answer, writer, (EN, "v4.", "v5."))
