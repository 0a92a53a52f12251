"""What is offered while one types."""

import pytest
from django.test import Client

from kb.models import SearchIndex

pytestmark = pytest.mark.django_db


def suggested(client: Client, text: str, lang: str = "en") -> list[tuple[str, str]]:
    response = client.get(f"/{lang}/search/suggestions", {"q": text})
    assert response.status_code == 200
    return [(one["kind"], one["text"]) for one in response.json()["suggestions"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("freez", ("title", "How to freeze layers when fine-tuning")),
        ("freeze lay", ("title", "How to freeze layers when fine-tuning")),
        ("HOW SHOULD grad", ("title", "How should gradients be clipped?")),
        ("auto", ("tag", "Autograd")),
        ("torch", ("tag", "PyTorch")),
        ("clip_g", ("identifier", "clip_grad_norm_")),
        ("nn.ut", ("identifier", "nn.utils.clip_grad_norm_")),
    ],
)
def test_beginning_of_a_word_is_enough(
    client: Client, index: SearchIndex, text: str, expected: tuple[str, str]
):
    assert expected in suggested(client, text)


def test_chinese_is_completed_too(client: Client, index: SearchIndex):
    assert ("title", "微调时如何冻结层") in suggested(client, "冻", "zh")
    assert ("tag", "自动求导") in suggested(client, "自动", "zh")


def test_title_is_in_the_readers_language_where_it_has_one(client: Client, index: SearchIndex):
    assert ("title", "图像标注工具") in suggested(client, "图像", "en")


@pytest.mark.parametrize("text", ["", " ", "xyzzy", "<script>", "\0", "a" * 5000, '"', "[", "🔥"])
def test_anything_else_offers_nothing(client: Client, index: SearchIndex, text: str):
    assert suggested(client, text) == []


def test_address_leads_to_what_was_offered(client: Client, index: SearchIndex):
    response = client.get("/en/search/suggestions", {"q": "freez"})

    (one,) = [one for one in response.json()["suggestions"] if one["kind"] == "title"]
    assert client.get(one["url"]).status_code == 200


def test_tags_are_offered_without_an_index(client: Client, articles: dict):
    assert ("tag", "Autograd") in suggested(client, "auto")
