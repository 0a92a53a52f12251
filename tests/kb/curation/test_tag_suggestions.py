"""Anybody may say which tag an article lacks; curators decide."""

import pytest
import redis
from django.test import Client

from kb.models import Article, TagSuggestion

pytestmark = pytest.mark.django_db


def test_stranger_suggests_a_tag_by_any_of_its_names(
    client: Client, freezing: Article, broker: redis.Redis
):
    for name in ("高层接口", "keras", "Flax"):
        client.post(f"/zh/articles/{freezing.pk}/tag", {"name": name, "comment": "它用到了"})

    told = TagSuggestion.objects.order_by("pk").values_list("name", "tag__slug", "status")
    assert list(told) == [("keras", "keras", "open"), ("Flax", None, "open")]
    assert not freezing.tags.filter(slug="keras").exists()


def test_tag_that_the_article_has_is_not_suggested(
    client: Client, freezing: Article, broker: redis.Redis
):
    response = client.post(f"/en/articles/{freezing.pk}/tag", {"name": "Torch"})

    assert response.status_code == 422
    assert "has this tag already" in response.content.decode()
    assert TagSuggestion.objects.count() == 0


def test_article_leads_to_the_form(client: Client, freezing: Article):
    page = client.get(f"/en/q/{freezing.pk}/{freezing.slug}").content.decode()
    form = client.get(f"/en/articles/{freezing.pk}/tag").content.decode()

    assert f'href="/en/articles/{freezing.pk}/tag"' in page
    assert '<option value="pytorch">PyTorch</option>' in form
