"""Tags change their names and become one, and whatever led to them still does."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from kb.editing.tags import TagRefused, merge_tags, save_tag
from kb.models import Article, AuditEntry, SharedSetup, SharedSetupRevision, Tag, TagSynonym
from kb.people.roles import Role
from kb.tagging import find_tag

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tags")]
NAMES = {"name_zh": "新", "name_en": "New", "description_zh": "", "description_en": ""}


@pytest.fixture
def curator(person_in: Callable[[Role], User]) -> User:
    return person_in(Role.CURATOR)


def tag(slug: str) -> Tag:
    return Tag.objects.get(slug=slug)


def save(user: User, of: Tag | None, **values: Any) -> Tag:
    given: dict[str, Any] = {
        "slug": of.slug if of else "new", "names": NAMES, "parent": None, "synonyms": ()
    }  # fmt: skip
    return save_tag(tag=of, user=user, **{**given, **values})


def test_new_name_is_on_the_pages_at_once(client: Client, curator: User, freezing: Article):
    address = f"/en/q/{freezing.pk}/freeze"
    assert ">PyTorch</a>" in client.get(address).content.decode()

    save(curator, tag("pytorch"))

    page = client.get(address).content.decode()
    assert ">New</a>" in page
    assert ">PyTorch</a>" not in page


def test_old_slug_leads_to_the_new_one(client: Client, curator: User):
    save(curator, tag("pytorch"), slug="torch-library", synonyms=["Torch"])

    response = client.get("/en/tags/pytorch")

    assert response.headers["Location"] == "/en/tags/torch-library"
    assert set(TagSynonym.objects.filter(tag__slug="torch-library").values_list("name", flat=True)) == {
        "torch", "pytorch"
    }  # fmt: skip
    assert AuditEntry.objects.get().verb == "edited-tag"


@pytest.mark.parametrize("taken", [{"slug": "keras"}, {"slug": "torch"}, {"synonyms": ["Keras"]}])
def test_name_of_another_tag_is_refused(curator: User, taken: dict[str, Any]):
    with pytest.raises(TagRefused, match="taken"):
        save(curator, None, **taken)

    assert not Tag.objects.filter(name_en="New").exists()


def test_tag_is_no_part_of_its_own_part(curator: User):
    with pytest.raises(TagRefused, match="circle"):
        save(curator, tag("pytorch"), parent=tag("autograd"))


def test_merged_tag_leaves_its_articles_kin_and_names(
    client: Client, curator: User, freezing: Article
):
    pytorch, keras = tag("pytorch"), tag("keras")

    count = merge_tags(source=pytorch, target=keras, user=curator, why="the same")

    assert count == 1
    assert set(freezing.tags.values_list("slug", flat=True)) == {"keras", "autograd"}
    assert tag("autograd").parent == keras
    assert [find_tag(name) for name in ("pytorch", "torch", "火炬")] == [keras] * 3
    assert client.get("/zh/tags/pytorch").headers["Location"] == "/zh/tags/keras"
    assert AuditEntry.objects.get().label == "pytorch → keras"


def test_child_that_its_parent_is_merged_into_moves_up(curator: User):
    merge_tags(source=tag("pytorch"), target=tag("autograd"), user=curator)

    assert tag("autograd").parent is None


def test_article_that_had_both_has_one(curator: User, freezing: Article):
    merge_tags(source=tag("autograd"), target=tag("pytorch"), user=curator)

    assert list(freezing.tags.values_list("slug", flat=True)) == ["pytorch"]


def test_shared_setup_moves_along_unless_there_are_two(curator: User):
    SharedSetup.objects.create(scope="tag:autograd", code="import torch")
    SharedSetupRevision.objects.create(scope="tag:autograd", code="import torch")
    merge_tags(source=tag("autograd"), target=tag("pytorch"), user=curator)
    assert SharedSetup.objects.get().scope == "tag:pytorch"
    assert SharedSetupRevision.objects.get().scope == "tag:pytorch"

    SharedSetup.objects.create(scope="tag:keras", code="import keras")
    with pytest.raises(TagRefused, match="setups"):
        merge_tags(source=tag("keras"), target=tag("pytorch"), user=curator)

    assert Tag.objects.filter(slug="keras").exists()
