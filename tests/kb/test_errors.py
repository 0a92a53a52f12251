"""What went wrong is said in the reader's language, with a way on."""

import logging

import pytest
from django.conf import settings
from django.test import Client

from kb.models import Article

pytestmark = pytest.mark.django_db


def test_missing_page_offers_a_search_for_its_words(client: Client):
    response = client.get("/en/q/999999/freeze-some-layers")

    text = response.content.decode()
    assert response.status_code == 404
    assert 'value="freeze some layers"' in text
    assert "Not found" in text


def test_removed_article_is_gone(client: Client, freezing: Article):
    later = Article.objects.create(kind="guide", slug="later")
    number = freezing.pk
    freezing.delete()

    response = client.get(f"/zh/q/{number}/x")

    assert later.pk > number
    assert response.status_code == 410
    assert "页面已移除" in response.content.decode()


def test_unknown_host_is_a_bad_request_in_both_languages(client: Client):
    response = client.get("/zh/", headers={"host": "elsewhere.example"})

    text = response.content.decode()
    assert response.status_code == 400
    assert "请求有误" in text
    assert "Bad request" in text


def test_too_large_a_form_is_413(client: Client):
    size = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1

    response = client.post("/en/runs/", {"code": "x" * size})

    assert response.status_code == 413
    assert "Too large" in response.content.decode()


def test_failure_has_an_id_that_stands_in_the_log(
    client: Client, freezing: Article, monkeypatch: pytest.MonkeyPatch, caplog
):
    def fail(*_args: object, **_values: object) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr("kb.views.articles.load_article", fail)
    client.raise_request_exception = False

    with caplog.at_level(logging.ERROR):
        response = client.get(f"/en/q/{freezing.pk}/{freezing.slug}")

    error_id = response.headers["X-Error-Id"]
    assert response.status_code == 500
    assert error_id in response.content.decode()
    assert any(error_id in record.getMessage() for record in caplog.records)


def test_site_under_maintenance_says_when_to_come_back(client: Client, var_dir):
    flag = var_dir / "maintenance"
    flag.touch()
    try:
        response = client.get("/en/")
    finally:
        flag.unlink()

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"
    assert response.content.decode().index("Back soon") < response.content.decode().index(
        "稍后回来"
    )


def test_old_form_is_refused_with_a_reason(client: Client):
    response = Client(enforce_csrf_checks=True).post("/zh/runs/", {"code": "1"})

    assert response.status_code == 403
    assert "请" in response.content.decode()
