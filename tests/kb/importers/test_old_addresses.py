"""Whoever asks at an imported article's old address is led to the new one for good."""

from pathlib import Path

import pytest
from django.test import Client

from kb.models import Article
from tests.kb.importers.conftest import Run
from tests.kb.importers.test_wordpress import item, wxr


@pytest.mark.parametrize(
    ("old", "anchor"),
    [
        ("/questions/1", ""),
        ("/questions/1/how-do-i-sum-a-tensor", ""),
        ("/q/1", ""),
        ("/a/3", "#answer-2"),
        ("/questions/1/how-do-i-sum-a-tensor/3", "#answer-2"),
    ],
)
def test_stack_exchange_addresses(
    run: Run, dump: Path, client: Client, old: str, anchor: str
) -> None:
    run("stackexchange", dump)
    article = Article.objects.get(source__external_id="1")

    response = client.get(old, headers={"Accept-Language": "en"})

    assert response.status_code == 301
    assert response["Location"] == f"/en/q/{article.pk}/{article.slug}{anchor}"


@pytest.mark.parametrize("old", ["/2019/pad-5/", "/2019/pad-5", "/?p=5", "/2019/pad-5/feed/"])
def test_wordpress_addresses(run: Run, tmp_path: Path, client: Client, old: str) -> None:
    (tmp_path / "export.xml").write_text(wxr(item()))
    run("wxr", tmp_path / "export.xml")

    response = client.get(old, headers={"Accept-Language": "zh-CN"})

    assert response.status_code == 301
    assert response["Location"] == f"/zh/q/{Article.objects.get().pk}/pad-5"


@pytest.mark.django_db
def test_address_that_never_was_is_not_found(client: Client) -> None:
    assert client.get("/2019/other/").status_code == 404
