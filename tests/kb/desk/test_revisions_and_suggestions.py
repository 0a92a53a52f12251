"""The pages on which a text is rolled back and a reader's suggestion is decided, and the tags'."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from kb.editing import save_text
from kb.feedback import suggest_edit
from kb.models import Article, Language, Report, Tag, Translation
from kb.people.roles import Role

EN = Language.EN
pytestmark = pytest.mark.django_db


@pytest.fixture
def text(freezing: Article, person_in: Callable[[Role], User]) -> Translation:
    """The English answer, at its second revision."""
    text = freezing.posts.get(position=1).translations.get(language=EN)
    save_text(
        post=text.post,
        language=EN,
        markdown=text.markdown.replace("Done.", "Finished."),
        user=person_in(Role.AUTHOR),
        base=1,
        comment="another word",
    )
    return Translation.objects.get(pk=text.pk)


@pytest.fixture
def report(text: Translation, owner: User) -> Report:
    return suggest_edit(
        translation=text,
        markdown=text.markdown.replace("So:", "Like this:"),
        comment="friendlier",
        user=owner,
        session_key="",
    )


def test_revisions_say_who_when_why_and_what(curator_client: Client, text: Translation):
    page = curator_client.get(f"/en/desk/posts/{text.post_id}/en/revisions").content.decode()

    assert "another word" in page
    assert "the-author" in page
    assert "<del>Done</del>" in page
    assert "<ins>Finished</ins>" in page
    assert "revisions/1/restore" in page
    assert "revisions/2/restore" not in page


def test_any_two_revisions_can_be_compared(curator_client: Client, text: Translation):
    page = curator_client.get(f"/en/desk/posts/{text.post_id}/en/revisions?from=2&to=1")

    assert "<ins>Done</ins>" in page.content.decode()
    missing = curator_client.get(f"/en/desk/posts/{text.post_id}/en/revisions?from=9")
    assert missing.status_code == 404


def test_rolling_back_asks_why(curator_client: Client, text: Translation):
    address = f"/en/desk/posts/{text.post_id}/en/revisions/1/restore"
    assert "<ins>Done</ins>" in curator_client.get(address).content.decode()

    without = curator_client.post(address, {"why": ""})
    curator_client.post(address, {"why": "was better"})

    assert without.status_code == 422
    text.refresh_from_db()
    assert text.markdown.endswith("Done.")
    assert text.revisions.get(number=3).comment == "r1: was better"


def test_suggestion_is_shown_and_accepted(
    curator_client: Client, report: Report, text: Translation
):
    address = f"/en/desk/suggestions/{report.pk}"
    page = curator_client.get(address).content.decode()
    assert "friendlier" in page
    assert "Like this" in page
    assert 'name="base" value="2"' in page

    sent = {"markdown": report.markdown, "base": "2", "action": "accept", "decision": ""}
    curator_client.post(address, sent)

    text.refresh_from_db()
    assert text.markdown.startswith("Like this:")
    after = curator_client.get(address).content.decode()
    assert "Accept and save" not in after


def test_declining_takes_a_reason(curator_client: Client, report: Report):
    address = f"/en/desk/suggestions/{report.pk}"

    without = curator_client.post(address, {"action": "decline", "base": "2"})
    curator_client.post(
        address, {"action": "decline", "base": "2", "decision": "as terse as meant"}
    )

    assert without.status_code == 422
    assert "Say why it is declined." in without.content.decode()
    report.refresh_from_db()
    assert (report.status, report.decision) == ("declined", "as terse as meant")


def test_text_saved_meanwhile_is_compared_again(
    curator_client: Client, report: Report, text: Translation, person_in: Callable[[Role], User]
):
    save_text(
        post=text.post,
        language=EN,
        markdown=text.markdown.replace("Finished.", "Over."),
        user=person_in(Role.AUTHOR),
        base=2,
    )
    sent = {"markdown": report.markdown, "base": "2", "action": "accept"}

    response = curator_client.post(f"/en/desk/suggestions/{report.pk}", sent)

    page = response.content.decode()
    assert response.status_code == 422
    assert "The text was changed meanwhile." in page
    assert 'name="base" value="3"' in page
    text.refresh_from_db()
    assert text.markdown.endswith("Over.")


def test_flags_are_not_decided_here(curator_client: Client, freezing: Article):
    flag = Report.objects.create(post=freezing.posts.first(), kind="outdated", language="en")

    assert curator_client.get(f"/en/desk/suggestions/{flag.pk}").status_code == 404


def test_tags_are_found_edited_and_merged(curator_client: Client, freezing: Article):
    listed = curator_client.get("/zh/desk/tags/?filter=高层接口").content.decode()
    assert "/zh/desk/tags/keras" in listed
    assert "/zh/desk/tags/lstm" not in listed
    sent = {"slug": "lstm", "name_zh": "长短期记忆", "name_en": "LSTM", "synonyms": "long short\n"}

    curator_client.post("/en/desk/tags/lstm", sent)
    curator_client.post("/en/desk/tags/lstm/merge", {"into": "Torch", "why": "small"})

    assert not Tag.objects.filter(slug="lstm").exists()
    assert Tag.objects.get(slug="pytorch").synonyms.filter(name="长短期记忆").exists()


@pytest.mark.parametrize(
    ("path", "sent", "said"),
    [
        ("keras/merge", {"into": "keras"}, "A tag cannot be put into itself."),
        ("keras/merge", {"into": "nope"}, "There is no tag “nope”."),
        ("keras", {"slug": "lstm", "name_zh": "a", "name_en": "a"}, "is already a tag"),
        ("pytorch", {"slug": "pytorch", "name_zh": "a", "name_en": "a", "parent": "autograd"},
         "stands below this tag"),
        ("new", {"slug": "No spaces", "name_zh": "a", "name_en": "a"}, "Enter a valid value."),
        ("new", {"slug": "x", "name_zh": "a", "name_en": "a", "synonyms": "y" * 61}, "too long"),
    ],
)  # fmt: skip
def test_wrong_tag_comes_back(
    curator_client: Client, tags: None, path: str, sent: dict[str, str], said: str
):
    response = curator_client.post(f"/en/desk/tags/{path}", sent)

    assert response.status_code == 422
    assert said in response.content.decode()


def test_history_leads_to_texts_tags_and_suggestions(
    curator_client: Client, text: Translation, report: Report
):
    sent = {"slug": "lstm", "name_zh": "a", "name_en": "a"}
    curator_client.post("/en/desk/tags/lstm", sent)
    curator_client.post(f"/en/desk/suggestions/{report.pk}", {"action": "decline", "decision": "x"})

    page = curator_client.get("/en/desk/history").content.decode()

    assert f'href="/en/desk/texts/{text.pk}"' in page
    assert 'href="/en/desk/tags/lstm"' in page
    led = curator_client.get(f"/en/desk/texts/{text.pk}")
    assert led.headers["Location"] == f"/en/desk/posts/{text.post_id}/en/revisions"
    led = curator_client.get(f"/en/desk/reports/{report.pk}")
    assert led.headers["Location"] == f"/en/desk/suggestions/{report.pk}"


def test_history_of_an_article_has_its_texts(curator_client: Client, text: Translation):
    article = text.post.article_id

    page = curator_client.get(f"/en/desk/history?kind=article&id={article}").content.decode()

    assert "another word" in page
