"""At the bench a curator says that a snippet rightly fails, and takes it back."""

from collections.abc import Callable

import pytest
from django.test import Client

from kb.curation.standing import refresh_standing
from kb.desk.queue import Filters
from kb.desk.registry import QUEUES
from kb.models import Article, AuditEntry
from snippets.models import Snippet, Verification

pytestmark = pytest.mark.django_db
Shown = Callable[..., Snippet]
Judged = Callable[..., Verification]


def is_waiting() -> bool:
    return QUEUES["never-worked"].items(Filters()).exists()


def test_reason_is_said_shown_and_taken_back(curator_client: Client, shown: Shown, judged: Judged):
    snippet = shown("import jina")
    judged(snippet, "not-runnable", reason_code="missing-package")
    bench = f"/en/desk/snippets/{snippet.pk}"

    without = curator_client.post(f"{bench}/reason", {"verdict": "accept"}, follow=True)
    waits_without = is_waiting()
    said = curator_client.post(
        f"{bench}/reason",
        {"verdict": "accept", "why": "no <runtime> has it", "queue": "never-worked"},
        follow=True,
    )
    waits_said = is_waiting()
    taken = curator_client.post(f"{bench}/reason", {"verdict": "take-back"}, follow=True)

    assert "Say why" in without.content.decode()
    assert said.redirect_chain[-1][0] == f"{bench}?queue=never-worked"
    assert "the-curator" in said.content.decode()
    assert "no &lt;runtime&gt; has it" in said.content.decode()
    assert "it rightly fails, said" not in taken.content.decode()
    assert (waits_without, waits_said, is_waiting()) == (True, False, True)
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["acknowledged-snippet", "reopened-snippet"]


def test_snippet_that_works_is_not_asked_about(
    curator_client: Client, shown: Shown, judged: Judged
):
    snippet = shown("print(1)")
    judged(snippet, "runs")

    page = curator_client.get(f"/en/desk/snippets/{snippet.pk}").content.decode()

    assert "It rightly fails" not in page


def test_article_whose_failures_are_all_explained_needs_no_work(
    curator_client: Client, shown: Shown, judged: Judged
):
    snippet = shown("import jina")
    judged(snippet, "not-runnable", reason_code="missing-package")
    article = Article.objects.get(posts__placements__snippet=snippet)
    bench = f"/en/desk/snippets/{snippet.pk}/reason"

    def work() -> int:
        return Article.objects.get(pk=article.pk).work

    refresh_standing(article_ids=[article.pk])
    before = work()
    curator_client.post(bench, {"verdict": "accept", "why": "no runtime has it"})
    explained = work()
    curator_client.post(bench, {"verdict": "take-back"})

    assert explained < before
    assert work() == before
    assert Article.objects.get(pk=article.pk).health == Article.Health.BROKEN
