"""One thing at a time: a reader's flag with what it is about, and batches that stopped."""

from collections.abc import Callable

import pytest
import redis
from django.contrib.auth.models import User
from django.test import Client

from kb.models import Article, AuditEntry, Report, Tag, TagSuggestion
from kb.people.roles import Role
from snippets.models import Batch, Snippet, Verification

pytestmark = pytest.mark.django_db
Shown = Callable[..., Snippet]
Judged = Callable[..., Verification]


@pytest.fixture
def flag(freezing: Article, outsider: User) -> Report:
    answer = freezing.posts.get(position=1)
    return Report.objects.create(
        post=answer, kind="outdated", language="en", comment="since <2.6>", user=outsider
    )


def test_flag_stands_beside_the_code_it_is_about(
    curator_client: Client, flag: Report, judged: Judged
):
    judged(Snippet.objects.get(), "fails")

    page = curator_client.get(f"/en/desk/reports/{flag.pk}").content.decode()

    for told in ("since &lt;2.6&gt;", "freeze.py", "torch-2.13 · fails", "outsider", "Answer 1"):
        assert told in page


@pytest.mark.parametrize(("verdict", "status"), [("accept", "accepted"), ("decline", "declined")])
def test_flag_is_decided_with_a_word(
    curator_client: Client, flag: Report, verdict: str, status: str
):
    path = f"/en/desk/reports/{flag.pk}"

    without = curator_client.post(path, {"verdict": verdict})
    with_one = curator_client.post(path, {"verdict": verdict, "decision": "see above"})
    again = curator_client.post(path, {"verdict": verdict, "decision": "twice"}, follow=True)

    flag.refresh_from_db()
    assert (without.status_code, with_one.status_code) == (422, 302)
    assert (flag.status, flag.decision) == (status, "see above")
    assert "decided on this already" in again.content.decode()
    assert AuditEntry.objects.count() == 1
    assert "see above" in curator_client.get(path).content.decode()


def test_article_no_longer_needs_work_once_its_flag_is_decided(
    curator_client: Client, flag: Report, freezing: Article
):
    from kb.curation.standing import refresh_standing

    refresh_standing(article_ids=[freezing.pk])
    before = Article.objects.get().work

    curator_client.post(
        f"/en/desk/reports/{flag.pk}", {"verdict": "decline", "decision": "it holds"}
    )

    assert (before, Article.objects.get().work) == (2, 0)


def test_suggested_edit_is_not_decided_here(curator_client: Client, flag: Report):
    Report.objects.update(kind="edit")

    led = curator_client.get(f"/en/desk/reports/{flag.pk}")

    assert led.headers["Location"] == f"/en/desk/suggestions/{flag.pk}"


@pytest.fixture
def stopped(shown: Shown, judged: Judged) -> Batch:
    batch = Batch.objects.create(state="stopped", total=8, done=8, were_green=8, turned_red=8)
    for number in range(8):
        snippet = shown(f"print({number})")
        judged(snippet, "stale", last_outcome="verified")
        Verification.objects.create(
            snippet=snippet,
            runtime="torch-2.13",
            key="k",
            outcome="fails",
            reason="out of <memory>",
            batch=batch,
            is_current=False,
        )
    return batch


def test_desk_says_that_verification_stopped_and_of_what(curator_client: Client, stopped: Batch):
    desk = curator_client.get("/en/desk/").content.decode()
    page = curator_client.get("/en/desk/batches/").content.decode()

    assert "1 batch of checks stopped" in desk
    assert page.count("out of &lt;memory&gt;") == 8


def test_stopped_batch_costs_as_many_queries_as_none(
    curator_client: Client, stopped: Batch, django_assert_max_num_queries
):
    with django_assert_max_num_queries(9):
        curator_client.get("/en/desk/batches/")


@pytest.mark.parametrize(
    ("verdict", "state", "reds"), [("accept", "accepted", 8), ("discard", "discarded", 0)]
)
def test_curator_answers_a_batch(
    curator_client: Client, stopped: Batch, verdict: str, state: str, reds: int
):
    path = f"/en/desk/batches/{stopped.pk}/answer"

    curator_client.post(path, {"verdict": verdict, "why": "looked at three"})
    again = curator_client.post(path, {"verdict": verdict}, follow=True)

    stopped.refresh_from_db()
    assert stopped.state == state
    assert Verification.objects.current().filter(outcome="fails").count() == reds
    assert "answered already" in again.content.decode()
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.why) == (f"{state}-batch", "looked at three")


def test_verifying_again_queues_each_built_runtime_once(
    curator_client: Client,
    shown: Shown,
    judged: Judged,
    broker: redis.Redis,
    django_capture_on_commit_callbacks,
):
    snippet = shown("import torch\nprint(1)")
    judged(snippet, "stale", last_outcome="verified")

    with django_capture_on_commit_callbacks(execute=True):
        curator_client.post("/en/desk/queues/stale/act", {"action": "verify", "id": snippet.pk})

    batch = Batch.objects.get()
    waiting = sum(broker.llen(key) for key in broker.keys("verify*"))
    assert batch.total == waiting > 0
    assert AuditEntry.objects.get().verb == "requeued-snippet"


def test_history_tells_who_did_what_and_finds_it_again(
    curator_client: Client, client_of, person_in, flag: Report, freezing: Article
):
    curator_client.post(
        f"/en/desk/reports/{flag.pk}", {"verdict": "accept", "decision": "<mended>"}
    )
    client_of(person_in(Role.CURATOR)).post(
        f"/en/desk/articles/{freezing.pk}/delete", {"why": "twice"}
    )

    everything = curator_client.get("/zh/desk/history").content.decode()
    by_verb = curator_client.get("/en/desk/history?verb=accepted-report").content.decode()
    by_target = curator_client.get(
        f"/en/desk/history?kind=article&id={freezing.pk}"
    ).content.decode()
    by_nobody = curator_client.get("/en/desk/history?who=nobody").content.decode()

    assert everything.count("<td>the-curator</td>") == 2
    assert "&lt;mended&gt;" in by_verb
    assert "deleted an article" not in by_verb.split("<tbody>")[1]
    assert "twice" in by_target
    assert "&lt;mended&gt;" not in by_target
    assert "Nothing was done yet." in by_nobody


@pytest.fixture
def missed(freezing: Article, shown: Shown) -> TagSuggestion:
    """A tag that is not there, missed on two articles."""
    shown("print(1)")
    other = Article.objects.exclude(pk=freezing.pk).get()
    for name in ("flax", "FLAX"):
        TagSuggestion.objects.create(article=other, name=name)
    return TagSuggestion.objects.create(article=freezing, name="Flax", comment="it uses it")


def test_tag_that_is_missed_is_made_with_both_names_and_added(
    curator_client: Client, missed: TagSuggestion
):
    queue = curator_client.get("/en/desk/queues/tags").content.decode()
    address = f"/en/desk/tags/new?suggestion={missed.pk}"
    form = curator_client.get(address).content.decode()

    sent = {"slug": "flax", "name_zh": "Flax 库", "name_en": "Flax", "why": "two articles"}
    answer = curator_client.post(address, sent)

    tag = Tag.objects.get(slug="flax")
    assert f'href="{address}"' in queue
    assert "it uses it" in form
    assert 'value="flax"' in form
    assert (tag.name_zh, tag.articles.count()) == ("Flax 库", 2)
    assert "given to 2 articles" in curator_client.get("/en/desk/").content.decode()
    assert set(TagSuggestion.objects.values_list("status", "tag__slug")) == {("accepted", "flax")}
    assert answer.headers["Location"].startswith("/en/desk/queues/tags?page=1")
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", "why")) == [
        ("edited-tag", "two articles"),
        *[("accepted-tag", "two articles")] * 3,
    ]


def test_tag_whose_name_is_taken_is_neither_made_nor_added(
    curator_client: Client, missed: TagSuggestion
):
    sent = {"slug": "keras", "name_zh": "x", "name_en": "x"}
    answer = curator_client.post(f"/en/desk/tags/new?suggestion={missed.pk}", sent)

    assert answer.status_code == 422
    assert "is already a tag" in answer.content.decode()
    assert set(TagSuggestion.objects.values_list("status", flat=True)) == {"open"}


def test_suggestion_that_was_decided_leaves_a_plain_form(
    curator_client: Client, missed: TagSuggestion
):
    TagSuggestion.objects.update(status="declined")

    page = curator_client.get(f"/en/desk/tags/new?suggestion={missed.pk}").content.decode()

    assert "it uses it" not in page


def test_history_says_in_its_language_what_the_program_gave_as_a_reason(curator_client: Client):
    for why in ("accepted what torch-2.13 printed", "removed. rows = 2", "their own words"):
        AuditEntry.objects.create(verb="curated-snippet", target_kind="snippet", why=why)

    page = curator_client.get("/zh/desk/history").content.decode()

    assert "接受了 torch-2.13 的输出" in page
    assert "已移除。rows = 2" in page
    assert "their own words" in page
