"""What was typed is kept for its writer alone, and who else writes is told while they do."""

import pytest
import redis
from django.contrib.auth.models import User
from django.test.utils import override_settings

from kb.editing import presence
from kb.editing.drafts import KEPT, drop_draft, find_draft, keep_draft
from kb.models import EditorDraft
from snippets import broker as brokers

pytestmark = pytest.mark.django_db


def test_draft_is_kept_for_each_user_and_place(owner: User, outsider: User):
    keep_draft(user=owner, place="post:1", fields={"markdown_zh": "甲", "csrfmiddlewaretoken": "x"})
    keep_draft(user=owner, place="post:1", fields={"markdown_zh": "乙"})
    keep_draft(user=owner, place="post:2", fields={"markdown_zh": "丙"})

    draft = find_draft(user=owner, place="post:1")
    assert draft is not None
    assert draft.fields == {"markdown_zh": "乙"}
    assert find_draft(user=outsider, place="post:1") is None
    drop_draft(user=owner, place="post:1")
    assert [one.place for one in EditorDraft.objects.all()] == ["post:2"]


def test_forgotten_drafts_go(owner: User):
    keep_draft(user=owner, place="post:1", fields={})
    draft = EditorDraft.objects.get()
    EditorDraft.objects.update(saved_at=draft.saved_at - KEPT * 2)

    keep_draft(user=owner, place="post:2", fields={})

    assert [one.place for one in EditorDraft.objects.all()] == ["post:2"]


def test_others_are_told_and_oneself_is_not(owner: User, outsider: User, broker: redis.Redis):
    presence.note_editor(post_id=1, user=owner)
    presence.note_editor(post_id=2, user=outsider)

    assert presence.other_editors(post_id=1, user=outsider) == ["owner"]
    assert presence.other_editors(post_id=1, user=owner) == []

    presence.forget_editor(post_id=1, user=owner)
    assert presence.other_editors(post_id=1, user=outsider) == []


def test_silent_editor_was_closed(owner: User, outsider: User, broker: redis.Redis):
    presence.note_editor(post_id=1, user=owner)
    broker.zincrby("editing:1", -presence.SEEN_SECONDS - 1, "owner")

    assert presence.other_editors(post_id=1, user=outsider) == []


def test_without_a_broker_nobody_is_warned_and_nothing_fails(owner: User):
    brokers.client.cache_clear()
    try:
        with override_settings(REDIS_URL="unix:///nowhere/valkey.sock"):
            presence.note_editor(post_id=1, user=owner)
            presence.forget_editor(post_id=1, user=owner)
            assert presence.other_editors(post_id=1, user=owner) == []
    finally:
        brokers.client.cache_clear()
