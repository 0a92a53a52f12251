"""A deleted article comes back field by field, for thirty days; imports leave it deleted."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from kb.curation.deleting import NotBroughtBack, bring_back, delete_article, purge_deleted
from kb.feedback import cast_vote, report_outdated, suggest_edit
from kb.models import Article, AuditEntry, DeletedArticle, OldAddress, TagSuggestion
from kb.people.roles import Role
from kb.services import save_article
from kb.storing.drafts import ArticleDraft
from kb.transfer.tables import exported_models, label, rows_of

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
PersonIn = Callable[[Role], User]
# What deleting and bringing back leave behind, on purpose.
TRACES = {"kb.auditentry", "kb.deletedarticle"}


def whole_site() -> dict[str, list[dict[str, Any]]]:
    """Return every table, without when the article's page changed last."""
    tables = {
        label(model): list(rows_of(model))
        for model in exported_models()
        if label(model) not in TRACES
    }
    for row in tables["kb.article"]:
        del row["changed_at"]
    return {name: sorted(rows, key=str) for name, rows in tables.items()}


@pytest.fixture
def lively(freezing: Article, owner: User, outsider: User) -> Article:
    """An article with votes, reports, another revision, a suggested tag and an old address."""
    answer = freezing.posts.get(position=1)
    cast_vote(user=owner, post=answer, value=1)
    cast_vote(user=outsider, post=answer, value=-1)
    report_outdated(post=answer, language="en", comment="old", user=owner, session_key="")
    text = answer.translations.get(language="zh-hans")
    suggest_edit(
        translation=text,
        markdown=text.markdown + "\n\n再见。",
        comment="",
        user=owner,
        session_key="",
    )
    text.revisions.create(number=2, markdown="先前", created_by=outsider)
    TagSuggestion.objects.create(article=freezing, name="new", user=owner)
    OldAddress.objects.create(address="/?p=7", article=freezing, position=1)
    return freezing


def test_article_comes_back_field_by_field(lively: Article, curator: User):
    before = whole_site()
    assert len(before["kb.vote"]) == len(before["kb.report"]) == 2

    deleted = delete_article(article=lively, why="a duplicate", user=curator)
    gone = whole_site()
    back = bring_back(deleted=deleted, why="it was none", user=curator)

    assert back.pk == lively.pk
    assert gone["kb.article"] == gone["kb.vote"] == gone["kb.revision"] == []
    assert whole_site() == before


def test_every_table_that_points_at_an_article_goes_and_comes_back(lively: Article, curator: User):
    """A new model with a key to an article or its posts must cascade, or say what it does."""
    ours = {"kb.article", "kb.post", "kb.translation"}
    loose = [
        f"{label(model)}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.is_relation
        and label(field.related_model) in ours
        and field.remote_field.on_delete.__name__ != "CASCADE"
    ]

    assert loose == []


def test_deed_is_kept_with_who_and_why(lively: Article, curator: User):
    deleted = delete_article(article=lively, why="a duplicate", user=curator)
    bring_back(deleted=deleted, why="it was none", user=curator)

    entries = AuditEntry.objects.order_by("pk").values_list("verb", "user_name", "why", "label")
    assert list(entries) == [
        ("deleted-article", "curator", "a duplicate", "如何冻结层？"),
        ("undeleted-article", "curator", "it was none", "如何冻结层？"),
    ]


def test_what_was_lost_for_good_meanwhile_stays_away(
    lively: Article, curator: User, owner: User, outsider: User
):
    deleted = delete_article(article=lively, why="x", user=curator)
    owner.delete()
    outsider.delete()
    OldAddress.objects.create(
        address="/?p=7", article=Article.objects.create(kind="guide", slug="other")
    )

    back = bring_back(deleted=deleted, why="", user=curator)

    answer = back.posts.get(position=1)
    assert answer.votes.count() == 0
    assert {report.user for report in answer.reports.all()} == {None}
    assert OldAddress.objects.get().article.slug == "other"


def test_nobody_brings_an_article_back_twice(lively: Article, curator: User):
    deleted = delete_article(article=lively, why="x", user=curator)
    bring_back(deleted=deleted, why="", user=curator)

    with pytest.raises(NotBroughtBack):
        bring_back(deleted=deleted, why="", user=curator)


def test_after_thirty_days_it_is_forgotten_but_stays_deleted(lively: Article, curator: User):
    young = delete_article(article=lively, why="x", user=curator)
    assert purge_deleted() == 0
    old = timezone.now() - datetime.timedelta(days=31)
    DeletedArticle.objects.filter(pk=young.pk).update(deleted_at=old)

    assert purge_deleted() == 1
    assert purge_deleted() == 0

    with pytest.raises(NotBroughtBack):
        bring_back(deleted=young, why="", user=curator)
    assert DeletedArticle.objects.get().external_id == "freeze"


def test_import_leaves_it_deleted(
    lively: Article, curator: User, store: Callable[[ArticleDraft], Article]
):
    from tests.kb.conftest import Post, question
    from tests.kb.conftest import post as draft_of

    deleted = delete_article(article=lively, why="x", user=curator)
    draft = question(draft_of(Post.Role.QUESTION, "又来了", "Here again", zh_title="又"))

    saved = save_article(draft=draft)

    assert saved == "unchanged"
    assert Article.objects.count() == 0
    assert bring_back(deleted=deleted, why="", user=curator).pk == lively.pk


def test_page_is_gone_and_tells_staff_who_can_bring_it_back(
    lively: Article, client: Client, client_of: ClientOf, person_in: PersonIn
):
    curator = client_of(person_in(Role.CURATOR))
    address = f"/en/q/{lively.pk}/{lively.slug}"
    assert client.get(address).status_code == 200

    response = curator.post(f"/en/desk/articles/{lively.pk}/delete", {"why": "a <b>duplicate</b>"})

    assert response.headers["Location"] == "/en/desk/deleted/"
    readers, translators, curators = (
        one.get(address) for one in (client, client_of(person_in(Role.TRANSLATOR)), curator)
    )
    assert {readers.status_code, translators.status_code, curators.status_code} == {410}
    assert "duplicate" not in readers.content.decode()
    assert "was deleted on" in translators.content.decode()
    assert "Bring back" not in translators.content.decode()
    assert "Bring back" in curators.content.decode()
    assert "&lt;b&gt;duplicate" in curators.content.decode()


def test_curator_brings_it_back_from_the_desk(lively: Article, curator_client: Client):
    curator_client.post(f"/en/desk/articles/{lively.pk}/delete", {"why": "a mistake"})
    listed = curator_client.get("/en/desk/deleted/").content.decode()
    deleted = DeletedArticle.objects.get()

    response = curator_client.post(f"/en/desk/deleted/{deleted.pk}/undo")

    assert "How do I freeze layers?" in listed
    assert response.headers["Location"] == f"/en/q/{lively.pk}/{lively.slug}"
    assert curator_client.get(response.headers["Location"]).status_code == 200
    again = curator_client.post(f"/en/desk/deleted/{deleted.pk}/undo")
    assert again.status_code == 404


def test_deleting_asks_why(lively: Article, curator_client: Client):
    response = curator_client.post(f"/en/desk/articles/{lively.pk}/delete", {"why": " "})

    assert response.status_code == 422
    assert Article.objects.count() == 1
