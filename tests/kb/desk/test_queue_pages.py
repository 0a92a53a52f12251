"""Every queue has a page in both languages: its rows, its actions, and what is missing for them."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from kb.desk.queue import Filters
from kb.desk.registry import QUEUES
from kb.models import (
    Article,
    AuditEntry,
    ImportJob,
    Post,
    Report,
    SentBack,
    Tag,
    TagSuggestion,
    Translation,
)
from kb.people.roles import Role
from snippets.models import Snippet, Verification

pytestmark = pytest.mark.django_db
Shown = Callable[..., Snippet]
Judged = Callable[..., Verification]
ClientOf = Callable[[User], Client]
PersonIn = Callable[[Role], User]


@pytest.fixture
def everything(shown: Shown, judged: Judged, freezing: Article) -> None:
    """Something in each queue."""
    for outcomes, reason in (
        (["verified", "fails"], "exception"),
        (["differs"], "other-output"),
        (["not-runnable"], "undefined-name"),
        (["fails"], "removed-method"),
        (["flaky"], "unsteady"),
        (["stale"], ""),
        (["waiting"], ""),
    ):
        snippet = shown(f"print('{outcomes} {reason}')")
        for outcome in outcomes:
            judged(snippet, outcome, reason_code=reason, reason="NameError: <b>x</b>")
    elsewhere = shown("import keras")
    judged(elsewhere, "runs", "tf-2.15")
    judged(elsewhere, "fails", "tf-2.21", reason_code="exception")
    answer = freezing.posts.get(position=1)
    Translation.objects.filter(post=answer, language="zh-hans").update(
        revision_number=3, review_since=2
    )
    english = freezing.posts.get(position=0).translations.get(language="en")
    Translation.objects.filter(pk=english.pk).update(review_since=1)
    SentBack.objects.create(translation=english, note="<i>gone</i>")
    for kind in Report.Kind.values:
        Report.objects.create(post=answer, kind=kind, language="en", comment="<i>gone</i>")
    TagSuggestion.objects.create(article=freezing, name="lstm", tag=Tag.objects.get(slug="lstm"))
    TagSuggestion.objects.create(article=freezing, name="transformers")
    ImportJob.objects.create(format="wxr", file_name="blog.xml", state="failed", failure="half")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("slug", QUEUES)
def test_queue_shows_what_waits(curator_client: Client, everything: None, lang: str, slug: str):
    response = curator_client.get(f"/{lang}/desk/queues/{slug}")

    page = response.content.decode()
    assert response.status_code == 200
    assert page.count('<li class="item"') == QUEUES[slug].items(Filters()).count() > 0
    assert str(QUEUES[slug].title) in page or lang == "zh"
    assert "<b>x</b>" not in page
    assert "<i>gone</i>" not in page


@pytest.mark.parametrize("slug", QUEUES)
def test_empty_queue_says_so(curator_client: Client, slug: str):
    page = curator_client.get(f"/en/desk/queues/{slug}").content.decode()

    assert "Nothing waits here." in page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_desk_counts_every_queue(curator_client: Client, everything: None, lang: str):
    page = curator_client.get(f"/{lang}/desk/").content.decode()

    for slug, queue in QUEUES.items():
        count = queue.items(Filters()).count()
        assert f'/{lang}/desk/queues/{slug}">' in page
        assert f'<span class="count">{count}</span>' in page


def test_translator_sees_the_queues_of_texts_alone(client_of: ClientOf, person_in: PersonIn):
    client = client_of(person_in(Role.TRANSLATOR))

    page = client.get("/en/desk/").content.decode()

    assert "/en/desk/queues/behind" in page
    assert "/en/desk/queues/broken" not in page
    assert client.get("/en/desk/queues/broken").status_code == 403
    assert client.post("/en/desk/queues/broken/act", {"action": "verify"}).status_code == 403


def test_reader_is_refused_and_stranger_asked_to_sign_in(
    client: Client, client_of: ClientOf, outsider: User
):
    assert client_of(outsider).get("/en/desk/").status_code == 403
    response = client.get("/en/desk/queues/broken?page=2")
    assert response.headers["Location"] == "/accounts/login/?next=/en/desk/queues/broken%3Fpage%3D2"


def test_unknown_queue_is_not_there(curator_client: Client):
    assert curator_client.get("/en/desk/queues/nonsense").status_code == 404


def test_flags_are_accepted_together_with_what_was_done(
    curator_client: Client, everything: None, freezing: Article
):
    flag, edit = (Report.objects.get(kind=kind) for kind in ("outdated", "edit"))
    before = Article.objects.get(pk=freezing.pk).work

    curator_client.post(
        "/en/desk/queues/reports/act",
        {"action": "accept", "id": [flag.pk, edit.pk], "why": "mended for 2.6"},
    )

    flag.refresh_from_db()
    edit.refresh_from_db()
    assert (flag.status, flag.decision, flag.decided_by.username) == (
        "accepted",
        "mended for 2.6",
        "the-curator",
    )
    assert edit.status == "open"
    assert Article.objects.get(pk=freezing.pk).work != before
    assert [(e.verb, e.why) for e in AuditEntry.objects.all()] == [
        ("accepted-report", "mended for 2.6")
    ]


def test_action_that_needs_a_reason_is_refused_without_and_keeps_what_was_chosen(
    curator_client: Client, everything: None
):
    flag = Report.objects.get(kind="outdated")

    response = curator_client.post(
        "/en/desk/queues/reports/act", {"action": "decline", "id": [flag.pk]}
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert "Say why" in page
    assert f'id="row-{flag.pk}"' in page
    assert "checked" in page
    assert Report.objects.get(pk=flag.pk).status == "open"


def test_refused_form_comes_back_on_its_page(curator_client: Client, shown: Shown, judged: Judged):
    for number in range(31):
        judged(shown(f"print({number})", readers=100 - number), "differs")
    last = Snippet.objects.get(code="print(30)")

    page = curator_client.post(
        "/en/desk/queues/differs/act",
        {"action": "accept-reason", "id": last.pk, "page": "2"},
    ).content.decode()

    assert "print(30)" in page
    assert f'id="row-{last.pk}"' in page


@pytest.mark.parametrize(
    "values",
    [{}, {"action": "verify"}, {"action": "nonsense", "id": "1"}, {"action": "verify", "id": "x"}],
)
def test_form_without_an_action_or_rows_changes_nothing(
    curator_client: Client, everything: None, values: dict[str, str]
):
    response = curator_client.post("/en/desk/queues/broken/act", values)

    assert response.status_code == 422
    assert AuditEntry.objects.count() == 0


def test_every_row_of_all_pages_is_meant_where_that_is_ticked(
    curator_client: Client, shown: Shown, judged: Judged
):
    for number in range(40):
        judged(shown(f"print({number})"), "differs", reason_code="other-output")

    curator_client.post(
        "/en/desk/queues/differs/act",
        {"action": "accept-reason", "everything": "1", "why": "prints addresses"},
    )

    assert AuditEntry.objects.filter(verb="acknowledged-snippet").count() == 40
    assert QUEUES["differs"].items(Filters()).count() == 0


def test_row_that_left_the_queue_meanwhile_is_left_alone(
    curator_client: Client, shown: Shown, judged: Judged
):
    fine = shown("print(1)")
    judged(fine, "verified")

    response = curator_client.post(
        "/en/desk/queues/broken/act", {"action": "verify", "id": [fine.pk]}
    )

    assert response.status_code == 422


def test_imported_articles_are_reviewed_and_tagged(
    curator_client: Client, shown: Shown, tags: None
):
    shown("print(1)")
    article = Article.objects.get()

    curator_client.post(
        "/en/desk/queues/to-review/act",
        {"action": "assign-tag", "id": [article.pk], "new_tag": "Torch"},
    )
    curator_client.post("/en/desk/queues/to-review/act", {"action": "reviewed", "id": [article.pk]})

    article.refresh_from_db()
    assert [tag.slug for tag in article.tags.all()] == ["pytorch"]
    assert article.reviewed_by.username == "the-curator"
    assert article.reviewed_at <= timezone.now()
    assert QUEUES["to-review"].items(Filters()).count() == 0
    assert {entry.verb for entry in AuditEntry.objects.all()} == {
        "assigned-tag",
        "reviewed-article",
    }


def test_unknown_tag_is_said_to_be(curator_client: Client, shown: Shown):
    shown("print(1)")

    response = curator_client.post(
        "/en/desk/queues/to-review/act",
        {"action": "assign-tag", "id": [Article.objects.get().pk], "new_tag": "nope"},
    )

    assert response.status_code == 422
    assert "There is no tag “nope”." in response.content.decode()


def test_suggested_tag_is_added_and_one_that_is_not_there_waits(
    curator_client: Client, everything: None, freezing: Article
):
    known, unknown = TagSuggestion.objects.order_by("pk")

    curator_client.post(
        "/en/desk/queues/tags/act", {"action": "accept", "id": [known.pk, unknown.pk]}
    )

    assert freezing.tags.filter(slug="lstm").exists()
    assert list(TagSuggestion.objects.filter(status="open")) == [unknown]


def test_content_that_ships_with_the_site_needs_no_review(freezing: Article):
    assert QUEUES["to-review"].items(Filters()).count() == 0
    assert Post.objects.count() == 2


def test_import_that_left_rows_out_is_settled_with_a_word(curator_client: Client):
    job = ImportJob.objects.create(format="wxr", file_name="b.xml", state="done", error_count=2)
    page = curator_client.get("/en/desk/queues/failed-imports").content.decode()

    curator_client.post(
        "/en/desk/queues/failed-imports/act",
        {"action": "settle", "id": job.pk, "why": "two posts were empty"},
    )

    assert "2 rows with errors" in page
    assert QUEUES["failed-imports"].items(Filters()).count() == 0
    assert AuditEntry.objects.get().why == "two posts were empty"


def test_texts_that_say_the_same_after_all_leave_the_queue(
    curator_client: Client, freezing: Article
):
    text = freezing.posts.get(position=1).translations.get(language="en")
    other = freezing.posts.get(position=1).translations.get(language="zh-hans")
    Translation.objects.filter(pk=other.pk).update(revision_number=4)
    assert list(QUEUES["behind"].items(Filters())) == [text]
    page = curator_client.get("/en/desk/queues/behind?lang=en").content.decode()

    curator_client.post("/en/desk/queues/behind/act", {"action": "agree", "id": text.pk})

    assert "3 revisions behind" in page
    assert list(QUEUES["behind"].items(Filters())) == []


def test_more_readers_times_more_revisions_come_first(freezing: Article, shown: Shown):
    first = freezing.posts.get(position=1)
    Article.objects.filter(pk=freezing.pk).update(view_count=9)
    shown("x", readers=4)
    second = Article.objects.latest("pk").posts.get()
    second.translations.create(language="zh-hans", markdown="?", revision_number=4)
    first.translations.filter(language="zh-hans").update(revision_number=2)

    order = [text.post for text in QUEUES["behind"].items(Filters())]

    assert order == [second, first]  # 5 × 3 before 10 × 1
