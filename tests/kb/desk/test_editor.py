"""The editor without its script: both texts in one form, drafts, conflicts, nothing typed lost."""

import re
from collections.abc import Callable, Mapping
from html import unescape
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import User
from django.test import Client

from kb.models import Article, Language, Post
from kb.people.roles import Role
from tests.kb.desk.editing import address, edited, fields, text_of, write

ZH, EN = Language.ZH, Language.EN
pytestmark = pytest.mark.django_db
Fields = Mapping[str, str]


def test_editor_shows_both_texts_their_preview_and_what_agrees(
    curator_client: Client, answer: Post
):
    page = curator_client.get(address(answer)).content.decode()

    for language in (ZH, EN):
        assert unescape(page).count(text_of(answer, language)) == 1
    assert 'class="draft-snippet"' in page
    assert '<span class="badge ok">Code 2</span>' in page
    assert "not written yet" not in page


def test_saved_text_is_on_the_page(curator_client: Client, answer: Post):
    response = curator_client.post(
        address(answer), edited(answer, "Done.", "That is all.", comment="clearer")
    )

    assert response.headers["Location"] == address(answer)
    assert text_of(answer).endswith("That is all.")
    assert "The English text is saved." in curator_client.get(address(answer)).content.decode()
    article = curator_client.get(f"/en/q/{answer.article_id}/freeze").content.decode()
    assert "That is all." in article


def test_untouched_form_saves_nothing(curator_client: Client, answer: Post):
    curator_client.post(address(answer), fields(answer))

    assert answer.translations.get(language=EN).revision_number == 1
    assert "Nothing was changed." in curator_client.get(address(answer)).content.decode()


def test_what_cannot_be_published_comes_back_with_its_reason(curator_client: Client, answer: Post):
    sent = edited(answer, "Done.", "```python run\nprint(")

    response = curator_client.post(address(answer, "zh"), sent)

    page = unescape(response.content.decode())
    assert response.status_code == 422
    assert "英文第 11 行：这里以 ``` 开始的代码块没有结束" in page
    assert "```python run\nprint(" in page.replace("\r\n", "\n")


def test_changed_code_is_refused_until_it_is_in_both(curator_client: Client, answer: Post):
    sent = edited(answer, "print(1)", "print(2)")

    refused = curator_client.post(address(answer), sent)
    carried = curator_client.post(address(answer), sent | {"action": "carry-en"})
    both = sent | {"markdown_zh": text_of(answer, ZH).replace("print(1)", "print(2)")}
    saved = curator_client.post(address(answer), both)

    assert "Both languages must show the same code." in refused.content.decode()
    assert carried.content.decode().count("print(2)") == 2
    assert saved.status_code == 302
    assert "print(2)" in text_of(answer, ZH)


def test_translation_begins_with_the_other_text(curator_client: Client, answer: Post):
    answer.translations.filter(language=EN).delete()
    text = text_of(answer, ZH)
    sent = {"markdown_zh": text, "base_zh": "1", "markdown_en": "", "action": "begin-en"}
    assert 'value="begin-en"' in curator_client.get(address(answer)).content.decode()

    page = curator_client.post(address(answer), sent).content.decode()

    assert unescape(page).count(text) == 2
    assert 'value="begin-en"' not in page


def test_enter_in_a_field_saves(curator_client: Client, answer: Post):
    """A browser presses the first button of the form then."""
    page = curator_client.get(address(answer)).content.decode()

    form = page[page.index('id="editor"') :]
    assert re.search(r'<button[^>]* name="action" value="(\w+)', form)[1] == "save"


def test_conflict_shows_both_and_loses_nothing(
    curator_client: Client, answer: Post, colleague: User
):
    mine = edited(answer, "So:", "Mine:")
    write(answer, colleague, "Done.", "Theirs.")

    response = curator_client.post(address(answer), mine)

    page = response.content.decode()
    assert response.status_code == 409
    assert "The English text was changed while you were writing" in page
    assert "the-author saved revision 2 meanwhile." in page
    assert "Mine:" in page
    assert "<ins>Theirs</ins>" in page
    assert 'name="base_en" value="2"' in page
    assert text_of(answer).startswith("So:")


def test_both_changes_are_put_together(curator_client: Client, answer: Post, colleague: User):
    mine = edited(answer, "So:", "Mine:")
    write(answer, colleague, "Done.", "Theirs.")
    conflict = curator_client.post(address(answer), mine).content.decode()
    assert 'value="merge-en-1"' in conflict

    merged = curator_client.post(address(answer), mine | {"action": "merge-en-1"})

    page = merged.content.decode()
    assert "Mine:" in page
    assert "Theirs." in page
    assert 'name="base_en" value="2"' in page


def test_same_lines_are_not_put_together(curator_client: Client, answer: Post, colleague: User):
    mine = edited(answer, "Done.", "Mine.")
    write(answer, colleague, "Done.", "Theirs.")

    page = curator_client.post(address(answer), mine).content.decode()

    assert "merge-en" not in page
    assert "You both changed the same lines" in page


def test_theirs_can_be_taken(curator_client: Client, answer: Post, colleague: User):
    mine = edited(answer, "Done.", "Mine.")
    write(answer, colleague, "Done.", "Theirs.")

    page = curator_client.post(address(answer), mine | {"action": "theirs-en"}).content.decode()

    assert "Mine." not in page
    assert "Theirs." in page


def test_saving_after_a_conflict_keeps_mine(curator_client: Client, answer: Post, colleague: User):
    mine = edited(answer, "Done.", "Mine.")
    write(answer, colleague, "Done.", "Theirs.")
    curator_client.post(address(answer), mine)

    curator_client.post(address(answer), mine | {"base_en": "2"})

    assert text_of(answer).endswith("Mine.")
    assert answer.translations.get(language=EN).revision_number == 3


def test_preview_is_rendered_as_the_page_would_be(curator_client: Client):
    sent = {"role": "answer", "position": "3", "markdown_zh": "# 一\n\n$x$", "markdown_en": "# One"}

    page = curator_client.post("/en/desk/preview", sent).content.decode()

    assert '<h3 id="zh-a3-一">' in page
    assert "<math" in page
    assert '<span class="badge warn">Formulas</span>' in page


@pytest.mark.parametrize("wrong", [{"role": "x"}, {"position": "-1"}, {"position": "9" * 9}])
def test_preview_of_nonsense_is_refused(curator_client: Client, wrong: dict[str, str]):
    sent = {"role": "answer", "position": "1", "markdown_zh": "", "markdown_en": ""} | wrong

    assert curator_client.post("/en/desk/preview", sent).status_code == 422


def test_source_that_went_on_is_shown_and_can_need_no_change(
    curator_client: Client, answer: Post, colleague: User
):
    write(answer, colleague, "Done.", "Done!")

    page = curator_client.get(address(answer)).content.decode()

    assert "The English text is 1 revision ahead." in page
    assert "No change needed here" in page
    curator_client.post(f"/en/desk/posts/{answer.pk}/agree")
    assert "1 revision ahead" not in curator_client.get(address(answer)).content.decode()


def test_saving_can_say_that_both_agree(curator_client: Client, answer: Post):
    curator_client.post(address(answer), edited(answer, "Done.", "Done!", agrees="on"))

    assert "revision ahead" not in curator_client.get(address(answer)).content.decode()


def test_reviewer_accepts_from_the_editor(
    client_of: Callable[[User], Client], person_in: Callable[[Role], User], answer: Post
):
    write(answer, person_in(Role.TRANSLATOR), "Done.", "Done!")
    text = answer.translations.get(language=EN)
    reviewer = client_of(person_in(Role.REVIEWER))
    assert "Accept as reviewed" in reviewer.get(address(answer)).content.decode()

    reviewer.post(f"/en/desk/texts/{text.pk}/accept", {"until": "2"})

    text.refresh_from_db()
    assert text.review_since is None


def test_translator_is_not_offered_to_review_their_own(
    client_of: Callable[[User], Client], person_in: Callable[[Role], User], answer: Post
):
    write(answer, person_in(Role.TRANSLATOR), "Done.", "Done!")

    page = client_of(person_in(Role.TRANSLATOR)).get(address(answer)).content.decode()

    assert "Accept as reviewed" not in page
    assert "Somebody else than its writer reviews it." in page


def test_article_is_written_and_answered(curator_client: Client, tags: None):
    texts = {"markdown_zh": "问", "title_zh": "怎么办？", "markdown_en": "", "title_en": ""}
    sent = {"kind": "question", "tags": "Torch, lstm", "action": "save", **texts}

    response = curator_client.post("/en/desk/articles/new", sent)

    article = Article.objects.get()
    assert unquote(response.headers["Location"]) == f"/en/q/{article.pk}/怎么办"
    assert set(article.tags.values_list("slug", flat=True)) == {"pytorch", "lstm"}
    curator_client.post(
        f"/en/desk/articles/{article.pk}/answer", {"markdown_zh": "答", "markdown_en": "Answer"}
    )
    assert article.posts.get(position=1).translations.count() == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"tags": "nope"}, "there is no tag “nope”"),
        ({"title_zh": ""}, "the title in Chinese is missing"),
        ({"markdown_zh": ""}, "there is no text in any language"),
        ({"kind": "poem"}, "poem is not one of the available choices"),
    ],
)
def test_wrong_article_comes_back(
    curator_client: Client, tags: None, wrong: dict[str, str], said: str
):
    sent = {"kind": "question", "tags": "", "markdown_zh": "问", "title_zh": "题"} | wrong

    response = curator_client.post("/en/desk/articles/new", sent)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Article.objects.exists()


def test_article_is_arranged(curator_client: Client, freezing: Article, answer: Post):
    sent = {"kind": "question", "slug": "kept-still", "tags": "keras", "accepted": str(answer.pk)}

    curator_client.post(f"/en/desk/articles/{freezing.pk}/arrange", sent)

    freezing.refresh_from_db()
    assert (freezing.slug, freezing.tags.get().slug) == ("kept-still", "keras")
    assert freezing.posts.get(is_accepted=True) == answer


def test_editor_costs_a_fixed_number_of_queries(
    curator_client: Client, answer: Post, colleague: User, django_assert_max_num_queries
):
    for number in range(6):
        write(answer, colleague, "So:" if not number else f"{number - 1}:", f"{number}:")

    with django_assert_max_num_queries(25):
        curator_client.get(address(answer))
