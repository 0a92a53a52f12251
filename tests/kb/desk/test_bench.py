"""The bench of a snippet: seen, tried, saved, accepted and taken back by curators alone."""

from collections.abc import Callable

import pytest
import redis
from django.contrib.auth.models import User
from django.test import Client

from kb.curation import snippets as curating
from kb.models import Article, AuditEntry, PostSnippet, SharedSetup, SharedSetupRevision
from kb.people.roles import Role
from snippets.models import Curation, Run, Snippet, Trial, Verification

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
PersonIn = Callable[[Role], User]
Shown = Callable[..., Snippet]
Judged = Callable[..., Verification]


@pytest.fixture
def snippet(freezing: Article) -> Snippet:
    return PostSnippet.objects.get(post__article=freezing).snippet


def ran(snippet: Snippet, stdout: str) -> Run:
    return Run.objects.create(
        snippet=snippet,
        runtime="torch-2.13",
        code=snippet.code,
        purpose="verification",
        status="finished",
        verdict="ok",
        output=[{"stream": "stdout", "text": stdout}],
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_bench_shows_code_claim_runtimes_and_places(
    curator_client: Client, snippet: Snippet, judged: Judged, lang: str
):
    judged(snippet, "differs", run=ran(snippet, "two\n"), reason="claimed '1', printed 'two'")

    page = curator_client.get(f"/{lang}/desk/snippets/{snippet.pk}").content.decode()

    for said in ("print", "claimed &#x27;1&#x27;", "two", "PyTorch 2.13"):
        assert said in page
    assert {"zh": "如何冻结层？", "en": "How do I freeze layers?"}[lang] in page
    assert 'class="btn accept"' in page


WRITES = ["try", "save", "accept", "undo", "share"]


@pytest.mark.parametrize("act", WRITES)
@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {"curator", "administrator"}]
)
def test_others_cannot_curate(
    client_of: ClientOf, person_in: PersonIn, snippet: Snippet, act: str, role: Role
):
    response = client_of(person_in(role)).post(
        f"/en/desk/snippets/{snippet.pk}/{act}",
        {"setup": "x = 1", "scope": "tag:pytorch", "save": "1"},
    )

    assert response.status_code == 403
    assert (Curation.objects.count(), Trial.objects.count(), AuditEntry.objects.count()) == (
        0,
        0,
        0,
    )


@pytest.mark.parametrize("act", WRITES)
def test_stranger_is_asked_to_sign_in(client: Client, snippet: Snippet, act: str):
    response = client.post(f"/en/desk/snippets/{snippet.pk}/{act}", {"setup": "x = 1"})

    assert response.headers["Location"].startswith("/accounts/login/")
    assert Trial.objects.count() == 0


def test_what_is_saved_is_kept_with_who_and_why_and_checked(
    curator_client: Client, snippet: Snippet, broker: redis.Redis
):
    response = curator_client.post(
        f"/en/desk/snippets/{snippet.pk}/save?",
        {"setup": "x = 1", "note": "the author forgot it", "queue": "broken"},
    )

    snippet.refresh_from_db()
    deed = AuditEntry.objects.get()
    assert response.headers["Location"] == f"/en/desk/snippets/{snippet.pk}?queue=broken"
    assert snippet.curated_setup == "x = 1"
    assert (deed.verb, deed.why) == ("curated-snippet", "the author forgot it")
    assert deed.user is not None
    assert Verification.objects.filter(snippet=snippet, is_current=True).exists()


def test_what_does_not_compile_is_refused_with_its_line(curator_client: Client, snippet: Snippet):
    address = f"/en/desk/snippets/{snippet.pk}/save"

    response = curator_client.post(address, {"setup": "x = 1\nif"})
    same = curator_client.post(address, {"suggestion": snippet.code})

    assert (response.status_code, same.status_code) == (422, 422)
    assert "Line 2: " in response.content.decode()
    assert Curation.objects.count() == 0


def test_trial_starts_without_javascript_and_with_it(
    curator_client: Client, snippet: Snippet, broker: redis.Redis
):
    address = f"/en/desk/snippets/{snippet.pk}/try"

    plain = curator_client.post(address, {"setup": "x = 1"})
    live = curator_client.post(address, {"setup": "x = 2"}, headers={"accept": "application/json"})

    page = curator_client.get(plain.headers["Location"]).content.decode()
    rows = curator_client.get(live.json()["rows"]).content.decode()
    assert "x = 1" in page
    assert 'http-equiv="refresh"' in page
    assert "If saved" in rows
    assert Curation.objects.count() == 0


@pytest.mark.parametrize("part", ["rows", "events"])
def test_trial_is_seen_by_curators_alone(
    client_of: ClientOf, person_in: PersonIn, snippet: Snippet, part: str
):
    trial = Trial.objects.create(snippet=snippet)
    address = f"/en/desk/trials/{trial.public_id}/{part}"

    allowed = client_of(person_in(Role.CURATOR)).get(address)
    refused = client_of(person_in(Role.TRANSLATOR)).get(address)

    assert (allowed.status_code, refused.status_code) == (200, 403)


def test_output_is_accepted_and_taken_back(
    curator_client: Client, snippet: Snippet, judged: Judged, broker: redis.Redis
):
    run = ran(snippet, "two\n")
    judged(snippet, "differs", run=run)

    curator_client.post(f"/en/desk/snippets/{snippet.pk}/accept", {"run": run.public_id})
    snippet.refresh_from_db()
    accepted = snippet.curated_claim
    public = curator_client.get(f"/en/snippets/{snippet.pk}").content.decode()
    curator_client.post(f"/en/desk/snippets/{snippet.pk}/undo")

    snippet.refresh_from_db()
    assert (accepted, snippet.curated_claim, snippet.claim) == ("two", "", "1")
    assert "accepted by a curator" in public
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == [
        "undid-curation",
        "curated-snippet",
    ]


def test_trial_is_cancelled_by_a_button(
    curator_client: Client, snippet: Snippet, broker: redis.Redis
):
    address = f"/en/desk/snippets/{snippet.pk}"
    page = curator_client.post(f"{address}/try", {"setup": "rows = 2"}).headers["Location"]
    going_on = curator_client.get(page).content.decode()
    trial = Trial.objects.get()

    answer = curator_client.post(f"/en/desk/trials/{trial.public_id}/cancel")
    after = curator_client.get(answer.headers["Location"]).content.decode()

    assert f'formaction="/en/desk/trials/{trial.public_id}/cancel"' in going_on
    assert "Cancel the trial<kbd>" not in after
    assert '<span class="badge none">cancelled</span>' in after
    assert "rows = 2" in after


def test_readers_run_cannot_become_the_claim(
    curator_client: Client, snippet: Snippet, broker: redis.Redis
):
    run = ran(snippet, "anything")

    curator_client.post(f"/en/desk/snippets/{snippet.pk}/accept", {"run": run.public_id})

    assert Curation.objects.count() == 0


def test_queue_leads_on(curator_client: Client, shown: Shown, judged: Judged):
    first, second, third = (shown(f"print({n})", readers=9 - n) for n in range(3))
    for one in (first, second, third):
        judged(one, "differs")

    page = curator_client.get(f"/en/desk/snippets/{second.pk}?queue=differs").content.decode()
    elsewhere = curator_client.get(f"/en/desk/snippets/{second.pk}?queue=nonsense")

    assert f'rel="prev" href="/en/desk/snippets/{first.pk}?queue=differs"' in page
    assert f'rel="next" href="/en/desk/snippets/{third.pk}?queue=differs"' in page
    assert "2 / 3" in page
    assert (elsewhere.status_code, "rel=" + '"next"' in elsewhere.content.decode()) == (200, False)


def test_shared_setup_says_what_it_touches_before_it_is_saved(
    curator_client: Client, shown: Shown, freezing: Article, broker: redis.Redis
):
    fragment, whole = shown("print(rows)"), shown("print(1)")
    PostSnippet.objects.create(post=freezing.posts.get(position=0), snippet=fragment, position=0)
    PostSnippet.objects.create(post=freezing.posts.get(position=0), snippet=whole, position=1)
    address = f"/en/desk/snippets/{fragment.pk}/share"
    values = {"scope": "tag:pytorch", "setup": "rows = 2", "note": "n"}

    asked = curator_client.post(address, {**values, "show": "1"}).content.decode()
    before = SharedSetup.objects.count()
    curator_client.post(address, {**values, "save": "1"})

    assert "It touches 1 snippet" in asked
    assert f"/desk/snippets/{fragment.pk}" in asked
    assert f"/desk/snippets/{whole.pk}" not in asked
    assert before == 0
    assert SharedSetup.objects.get().code == "rows = 2"
    assert AuditEntry.objects.get().verb == "shared-setup"


def test_shared_setup_is_put_back_as_a_new_change(
    curator_client: Client, shown: Shown, freezing: Article, broker: redis.Redis
):
    fragment = shown("print(rows)")
    PostSnippet.objects.create(post=freezing.posts.get(position=0), snippet=fragment, position=0)
    address = f"/en/desk/snippets/{fragment.pk}/share"
    for code in ("rows = 2", "rows = 3", ""):
        values = {"scope": "tag:pytorch", "setup": code, "note": code, "save": "1"}
        curator_client.post(address, values)
    first = SharedSetupRevision.objects.earliest("pk")

    page = curator_client.get(f"{address}?scope=tag:pytorch").content.decode()
    curator_client.post(f"{address}/back", {"revision": first.pk})

    revisions = SharedSetupRevision.objects.order_by("pk").values_list("code", "user__username")
    assert page.count("Put it back as it was on") == 2
    assert SharedSetup.objects.get().code == "rows = 2"
    assert list(revisions) == [
        (code, "the-curator") for code in ("rows = 2", "rows = 3", "", "rows = 2")
    ]
    assert AuditEntry.objects.latest("pk").verb == "restored-setup"


def test_shared_setup_that_does_not_compile_comes_back(
    curator_client: Client, shown: Shown, freezing: Article, broker: redis.Redis
):
    fragment = shown("print(rows)")
    PostSnippet.objects.create(post=freezing.posts.get(position=0), snippet=fragment, position=0)
    values = {"scope": "tag:pytorch", "setup": "x = 1\nrows =", "save": "1"}

    answer = curator_client.post(f"/zh/desk/snippets/{fragment.pk}/share", values)

    assert answer.status_code == 422
    assert '第 2 行：<span lang="en">invalid syntax</span>' in answer.content.decode()
    assert SharedSetup.objects.count() == 0


def test_setup_of_another_article_is_not_put_back_here(
    curator_client: Client, shown: Shown, broker: redis.Redis
):
    other = SharedSetupRevision.objects.create(scope="tag:keras", code="x = 1")

    address = f"/en/desk/snippets/{shown('print(x)').pk}/share/back"
    answers = [curator_client.post(address, {"revision": one}) for one in (other.pk, "x", "")]

    assert [one.status_code for one in answers] == [404] * 3
    assert SharedSetup.objects.count() == 0


def test_empty_shared_setup_is_taken_away(freezing: Article, curator: User, broker: redis.Redis):
    for code in ("x = 1", ""):
        curating.share_setup(user=curator, scope="tag:pytorch", code=code)

    assert SharedSetup.objects.count() == 0


def test_bench_costs_the_same_for_many_runtimes_and_places(
    curator_client: Client, snippet: Snippet, judged: Judged, django_assert_max_num_queries
):
    for runtime in ("torch-2.13", "tf-2.15", "tf-2.21"):
        judged(snippet, "runs", runtime, run=ran(snippet, "1"))

    with django_assert_max_num_queries(30):
        curator_client.get(f"/en/desk/snippets/{snippet.pk}")
