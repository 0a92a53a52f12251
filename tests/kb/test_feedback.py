"""Votes are for the signed in; anybody may say that something is outdated or how it should read."""

from collections.abc import Callable

import pytest
import redis
from django.contrib.auth.models import User
from django.test import Client

from kb.models import Article, Post, Report, Vote

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def answer(freezing: Article) -> Post:
    return freezing.posts.get(position=1)


def test_stranger_is_asked_to_sign_in_before_voting(client: Client, answer: Post):
    response = client.post(f"/en/posts/{answer.pk}/vote", {"value": "1"})

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/?next=")
    assert Vote.objects.count() == 0


def test_vote_counts_once_changes_and_is_taken_back(client_of: ClientOf, owner: User, answer: Post):
    reader = client_of(owner)
    scores = []

    for value in ("1", "1", "-1", "0"):
        reader.post(f"/en/posts/{answer.pk}/vote", {"value": value})
        answer.refresh_from_db()
        scores.append(answer.score)

    assert scores == [1, 1, -1, 0]


@pytest.mark.parametrize("value", ["2", "", "x"])
def test_other_values_are_no_votes(client_of: ClientOf, owner: User, answer: Post, value: str):
    response = client_of(owner).post(f"/en/posts/{answer.pk}/vote", {"value": value})

    assert response.status_code == 422


def test_stranger_says_that_an_answer_is_outdated(
    client: Client, answer: Post, broker: redis.Redis
):
    response = client.post(f"/en/posts/{answer.pk}/outdated", {"comment": "gone since 2.6"})

    report = Report.objects.get()
    assert response.status_code == 302
    assert (report.kind, report.comment, report.user) == ("outdated", "gone since 2.6", None)
    assert Article.objects.get().work > 0


def test_same_reader_is_heard_once(client: Client, answer: Post, broker: redis.Redis):
    for comment in ("one", "two"):
        client.post(f"/en/posts/{answer.pk}/outdated", {"comment": comment})

    assert [report.comment for report in Report.objects.all()] == ["two"]


def test_reports_have_a_rate_limit(client: Client, answer: Post, broker: redis.Redis):
    path = f"/en/posts/{answer.pk}/outdated"

    answers = [client.post(path, {"comment": "x"}) for _ in range(6)]

    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_suggested_edit_is_kept_for_the_curators(
    client_of: ClientOf, owner: User, answer: Post, broker: redis.Redis
):
    path = f"/en/posts/{answer.pk}/zh/suggest"
    before = answer.translations.get(language="zh-hans").markdown

    client_of(owner).post(path, {"markdown": before + "\n\n补充。", "comment": "more"})

    report = Report.objects.get()
    assert (report.kind, report.language, report.base_revision) == ("edit", "zh-hans", 1)
    assert report.markdown.endswith("补充。")
    assert answer.translations.get(language="zh-hans").markdown == before


def test_suggestion_that_changes_nothing_comes_back(
    client: Client, answer: Post, broker: redis.Redis
):
    text = answer.translations.get(language="en").markdown

    response = client.post(f"/en/posts/{answer.pk}/en/suggest", {"markdown": text})

    assert response.status_code == 422
    assert "Nothing was changed" in response.content.decode()
    assert Report.objects.count() == 0
