"""No page of the desk asks the database more because more waits."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kb.desk.queue import Filters
from kb.desk.registry import QUEUES
from kb.models import AuditEntry, ImportJob, Report, SentBack, Tag, TagSuggestion
from snippets.models import Snippet, Verification

pytestmark = pytest.mark.django_db
Shown = Callable[..., Snippet]
Judged = Callable[..., Verification]
PAGES = ["", "dashboard", "history", "deleted/", "batches/", *(f"queues/{slug}" for slug in QUEUES)]


def fill(shown: Shown, judged: Judged, number: int) -> None:
    """Put something of another article into each queue."""
    tag, _ = Tag.objects.get_or_create(slug=f"tag-{number}", name_zh="标签", name_en="Tag")
    for outcomes, reason in (
        (["verified", "fails"], "exception"),
        (["differs"], "other-output"),
        (["not-runnable"], "undefined-name"),
        (["fails"], "removed-method"),
        (["flaky"], "unsteady"),
        (["stale"], ""),
        (["waiting"], ""),
    ):
        snippet = shown(f"print({number}, {outcomes})")
        snippet.placements.get().post.article.tags.add(tag)
        for outcome in outcomes:
            judged(snippet, outcome, reason_code=reason, reason="why")
    elsewhere = shown(f"import keras  # {number}")
    judged(elsewhere, "runs", "tf-2.15")
    judged(elsewhere, "fails", "tf-2.21", reason_code="exception")
    post = elsewhere.placements.get().post
    post.translations.create(language="zh-hans", title="题", markdown="？", revision_number=3,
                             review_since=2)  # fmt: skip
    english = post.translations.get(language="en")
    SentBack.objects.create(translation=english, note="mend", user=mender())
    for kind in Report.Kind.values:
        Report.objects.create(post=post, kind=kind, language="en", comment="gone")
    TagSuggestion.objects.create(article=post.article, name="new")
    ImportJob.objects.create(format="wxr", file_name="blog.xml", state="failed")
    AuditEntry.objects.create(verb="edited-tag", target_kind="tag", target_id=tag.pk)
    AuditEntry.objects.create(
        verb="edited-article", target_kind="article", target_id=post.article_id
    )


def mender() -> User:
    """Return somebody new, whose name must be read too."""
    return User.objects.create_user(f"mender-{User.objects.count()}")


def queries_of(client: Client, page: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"/en/desk/{page}").status_code == 200
    return len(captured)


def test_pages_cost_the_same_when_more_waits(curator_client: Client, shown: Shown, judged: Judged):
    fill(shown, judged, 0)
    for page in PAGES:
        queries_of(curator_client, page)  # what is read once, is read
    few = {page: queries_of(curator_client, page) for page in PAGES}
    for number in range(1, 4):
        fill(shown, judged, number)

    many = {page: queries_of(curator_client, page) for page in PAGES}

    assert all(queue.items(Filters()).count() >= 4 for queue in QUEUES.values())
    assert many == few
    assert max(many.values()) <= 40
