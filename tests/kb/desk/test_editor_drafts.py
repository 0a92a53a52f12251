"""A draft is kept while one writes, offered again, and gone once the text is saved."""

from collections.abc import Callable, Mapping

import pytest
from django.contrib.auth.models import User
from django.test import Client

from kb.editing import presence
from kb.models import EditorDraft, Language, Post
from tests.kb.desk.editing import address, edited, fields, write

ZH, EN = Language.ZH, Language.EN
pytestmark = pytest.mark.django_db
Fields = Mapping[str, str]


def test_draft_is_offered_again_and_gone_when_saved(curator_client: Client, answer: Post):
    sent = edited(answer, "Done.", "Half a sen")

    curator_client.post(address(answer), sent | {"action": "draft"})

    opened = curator_client.get(address(answer)).content.decode()
    assert "You have a draft of" in opened
    assert "Half a sen" not in opened
    assert "Half a sen" in curator_client.get(address(answer) + "?draft=1").content.decode()
    curator_client.post(address(answer), sent)
    assert not EditorDraft.objects.exists()


def test_draft_is_discarded(curator_client: Client, answer: Post):
    curator_client.post(address(answer), fields(answer, action="draft"))

    curator_client.post(address(answer), {"action": "discard"})

    assert not EditorDraft.objects.exists()


def test_draft_of_an_older_text_meets_the_newer_one(
    curator_client: Client, answer: Post, colleague: User
):
    curator_client.post(address(answer), edited(answer, "Done.", "Mine.", action="draft"))
    write(answer, colleague, "Done.", "Theirs.")
    page = curator_client.get(address(answer) + "?draft=1").content.decode()
    assert 'name="base_en" value="1"' in page

    response = curator_client.post(address(answer), edited(answer, "Theirs.", "Mine.", base_en="1"))

    assert response.status_code == 409


def test_script_keeps_the_draft_and_hears_of_others(
    curator_client: Client, answer: Post, colleague: User, broker: object
):
    presence.note_editor(post_id=answer.pk, user=colleague)
    sent = edited(answer, "Done.", "Half") | {"place": f"post:{answer.pk}"}

    told = curator_client.post("/en/desk/drafts", sent).json()

    assert told["others"] == ["the-author"]
    assert told["kept"]
    assert EditorDraft.objects.get().fields["markdown_en"].endswith("Half")
    assert "the-author" in curator_client.get(address(answer)).content.decode()


@pytest.mark.parametrize("place", ["", "post:", "post:1;x", "snippet:1", "post:" + "9" * 30])
def test_drafts_have_their_places(curator_client: Client, place: str):
    response = curator_client.post("/en/desk/drafts", {"place": place, "comment": ""})

    assert response.status_code == 422
    assert not EditorDraft.objects.exists()


def test_drafts_are_listed_for_their_writer(
    curator_client: Client, client_of: Callable[[User], Client], answer: Post, colleague: User
):
    for place in (f"post:{answer.pk}", f"answer:{answer.article_id}", "article:new", "post:999"):
        curator_client.post("/en/desk/drafts", {"place": place, "comment": "a\0b"})

    page = curator_client.get("/en/desk/drafts/mine").content.decode()

    assert f'href="/en/desk/posts/{answer.pk}/edit?draft=1"' in page
    assert f'href="/en/desk/articles/{answer.article_id}/answer?draft=1"' in page
    assert 'href="/en/desk/articles/new?draft=1"' in page
    assert "999" not in page
    assert EditorDraft.objects.first().fields["comment"] == "ab"
    assert "?draft=1" not in client_of(colleague).get("/en/desk/drafts/mine").content.decode()
