"""A snippet waits in the queue that says what is wrong with it, before those with fewer readers."""

from collections.abc import Callable

import pytest
from django.test import Client

from kb.curation.reviewing import accept_reasons
from kb.desk.queue import Filters
from kb.desk.registry import QUEUES
from kb.models import AcceptedReason, AuditEntry, Tag
from snippets.models import Snippet, Verification

pytestmark = pytest.mark.django_db
Shown = Callable[..., Snippet]
Judged = Callable[..., Verification]


def waiting(slug: str, **filters: object) -> list[Snippet]:
    return list(QUEUES[slug].items(Filters(**filters)))


def queues_of(snippet: Snippet) -> set[str]:
    slugs = [slug for slug, queue in QUEUES.items() if queue.items(Filters()).model is Snippet]
    return {slug for slug in slugs if snippet in waiting(slug)}


@pytest.mark.parametrize(
    ("outcomes", "reason", "queues"),
    [
        ([], "", {"never-verified"}),
        (["waiting"], "", {"never-verified"}),
        (["verified"], "", set()),
        (["verified", "fails"], "removed-method", {"broken"}),
        (["runs", "fails", "fails"], "exception", {"broken"}),
        (["fails"], "exception", {"never-worked"}),
        (["differs"], "other-output", {"differs"}),
        (["verified", "differs"], "other-output", {"differs", "broken"}),
        (["not-runnable"], "undefined-name", {"without-setup"}),
        (["verified", "flaky"], "unsteady", {"flaky"}),
        (["stale"], "", {"stale"}),
        (["skipped"], "not-built", set()),
    ],
)
def test_snippet_waits_where_its_outcomes_say(
    shown: Shown, judged: Judged, outcomes: list[str], reason: str, queues: set[str]
):
    snippet = shown("print(1)")
    for outcome in outcomes:
        judged(snippet, outcome, reason_code=reason if outcome == outcomes[-1] else "")

    assert queues_of(snippet) == queues


def test_code_that_works_on_one_runtime_and_never_did_on_another_has_a_queue(
    shown: Shown, judged: Judged
):
    snippet = shown("import keras")
    judged(snippet, "runs", "tf-2.15")
    judged(snippet, "fails", "tf-2.21", reason_code="removed-argument")

    assert queues_of(snippet) == {"fails-elsewhere"}


def test_fragment_with_a_set_up_of_its_own_no_longer_lacks_one(shown: Shown, judged: Judged):
    snippet = shown("y = x", curated_setup="import torch\n")
    judged(snippet, "fails", reason_code="undefined-name")

    assert queues_of(snippet) == {"never-worked"}


def test_snippet_that_no_page_shows_waits_nowhere(shown: Shown, judged: Judged):
    snippet = shown("print(1)")
    judged(snippet, "fails", reason_code="exception")
    snippet.placements.all().delete()

    assert queues_of(snippet) == set()


def test_more_readers_and_more_broken_runtimes_come_first(shown: Shown, judged: Judged):
    few, many, both = (shown(name, readers=n) for name, n in (("a", 3), ("b", 30), ("c", 20)))
    for snippet in (few, many, both):
        judged(snippet, "differs", "tf-2.15")
    judged(both, "differs", "tf-2.21")

    assert waiting("differs") == [both, many, few]


def test_filters_narrow_by_tag_and_by_runtime(shown: Shown, judged: Judged):
    tag = Tag.objects.create(slug="keras", name_zh="Keras", name_en="Keras")
    on_torch, on_tf = shown("a"), shown("b")
    judged(on_torch, "differs", "torch-2.13")
    judged(on_tf, "differs", "tf-2.21")
    on_tf.placements.get().post.article.tags.add(tag)

    assert waiting("differs", runtime="torch-2.13") == [on_torch]
    assert waiting("differs", tag=tag) == [on_tf]
    assert waiting("differs", tag=tag, runtime="torch-2.13") == []


def test_accepted_reason_holds_until_it_fails_otherwise(shown: Shown, judged: Judged, curator):
    snippet = shown("print x")
    judged(snippet, "not-runnable", reason_code="python2")

    accept_reasons(snippet_ids=[snippet.pk], why="it is about Python 2", user=curator)
    accepted = queues_of(snippet)
    judged(snippet, "not-runnable", reason_code="python2")
    again = queues_of(snippet)
    judged(snippet, "fails", reason_code="exception")

    assert (accepted, again, queues_of(snippet)) == (set(), set(), {"never-worked"})
    assert AcceptedReason.objects.get().why == "it is about Python 2"
    assert AuditEntry.objects.get().verb == "acknowledged-snippet"


def test_snippet_with_a_correction_that_works_is_dealt_with(shown: Shown, judged: Judged):
    correction = Snippet.objects.create(code="fit(epochs=1)", digest="c" * 64)
    snippet = shown("fit(nb_epoch=1)", suggested=correction)
    judged(snippet, "fails", reason_code="removed-argument")
    judged(correction, "runs")
    proposed = queues_of(snippet)

    Snippet.objects.filter(pk=snippet.pk).update(is_suggestion_accepted=True)
    accepted = queues_of(snippet)
    judged(correction, "fails")

    assert (proposed, accepted, queues_of(snippet)) == ({"never-worked"}, set(), {"never-worked"})


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_queue_costs_as_many_queries_for_thirty_as_for_one(
    shown: Shown, judged: Judged, curator_client: Client, django_assert_num_queries, lang: str
):
    for number in range(30):
        judged(shown(f"print({number})"), "differs", reason_code="other-output")
        if number == 0:
            curator_client.get(f"/{lang}/desk/queues/differs")
            with django_assert_num_queries(10):
                curator_client.get(f"/{lang}/desk/queues/differs")

    curator_client.get(f"/{lang}/desk/queues/differs")  # where the curator is, is kept
    with django_assert_num_queries(10):
        page = curator_client.get(f"/{lang}/desk/queues/differs").content.decode()

    assert page.count('name="id"') == 30


def test_next_page_has_what_comes_after(shown: Shown, judged: Judged, curator_client: Client):
    for number in range(31):
        judged(shown(f"print({number})", readers=100 - number), "differs")

    page = curator_client.get("/en/desk/queues/differs?page=2").content.decode()

    assert page.count('name="id"') == 1
    assert "print(30)" in page
    beyond = curator_client.get("/en/desk/queues/differs?page=3").content.decode()
    assert "print(30)" in beyond
