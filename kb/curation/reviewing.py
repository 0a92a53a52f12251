"""Saying that a curator has looked: at an article, an import, why a snippet fails."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from kb.curation.standing import refresh_standing
from kb.models import AcceptedReason, Article, Deed, ImportJob, PostSnippet
from kb.people.auditing import note_deed
from snippets.checking import request_checks
from snippets.models import Snippet, Verification
from snippets.querysets import RED


@transaction.atomic
def mark_reviewed(*, article_ids: Collection[int], why: str, user: Any) -> int:
    """Say that a curator has read these articles; return how many nobody had."""
    articles = list(Article.objects.filter(pk__in=article_ids, reviewed_at=None))
    # Their pages do not show it, so what is cached of them stays.
    Article.objects.filter(pk__in=[article.pk for article in articles]).update(
        reviewed_at=timezone.now(), reviewed_by=user
    )
    for article in articles:
        note_deed(user=user, verb=Deed.REVIEWED_ARTICLE, target=article, why=why)
    return len(articles)


@transaction.atomic
def settle_imports(*, job_ids: Collection[int], why: str, user: Any) -> int:
    """Say that what these imports left out needs no more work; return how many there were."""
    jobs = list(ImportJob.objects.filter(pk__in=job_ids, settled_at=None))
    ImportJob.objects.filter(pk__in=[job.pk for job in jobs]).update(settled_at=timezone.now())
    for job in jobs:
        note_deed(user=user, verb=Deed.SETTLED_IMPORT, target=job, why=why)
    return len(jobs)


@transaction.atomic
def accept_reasons(*, snippet_ids: Collection[int], why: str, user: Any) -> int:
    """Say that these snippets rightly fail where they do; return how many there were.

    Each returns to its queue when it fails otherwise.
    """
    red = Verification.objects.current().filter(snippet__in=snippet_ids, outcome__in=RED)
    found = list(red.select_related("snippet"))
    AcceptedReason.objects.bulk_create(
        [
            AcceptedReason(
                digest=one.snippet.digest,
                runtime=one.runtime,
                outcome=one.outcome,
                reason_code=one.reason_code,
                why=why,
                user=user,
            )
            for one in found
        ],
        ignore_conflicts=True,
    )
    snippets = {one.snippet_id: one.snippet for one in found}
    for snippet in snippets.values():
        note_deed(
            user=user,
            verb=Deed.ACKNOWLEDGED_SNIPPET,
            target=snippet,
            why=why,
            label=name_of(snippet),
        )
    _refresh_articles_with(snippets)
    return len(snippets)


@transaction.atomic
def keep_reason(*, reason: AcceptedReason) -> bool:
    """Keep a reason that a file says is accepted; return whether that is new."""
    known = AcceptedReason.objects.filter(
        digest=reason.digest,
        runtime=reason.runtime,
        outcome=reason.outcome,
        reason_code=reason.reason_code,
    ).first()
    if known is not None and known.why == reason.why:
        return False
    if known is not None:
        known.delete()
    reason.save()
    _refresh_articles_with(
        Snippet.objects.filter(digest=reason.digest).values_list("pk", flat=True)
    )
    return True


@transaction.atomic
def take_back_reasons(*, snippet: Snippet, why: str, user: Any) -> int:
    """Say that a snippet is to be mended after all; return how many reasons were accepted."""
    count, _ = AcceptedReason.objects.filter(digest=snippet.digest).delete()
    if count:
        note_deed(
            user=user, verb=Deed.REOPENED_SNIPPET, target=snippet, why=why, label=name_of(snippet)
        )
        _refresh_articles_with([snippet.pk])
    return count


def _refresh_articles_with(snippet_ids: Iterable[int]) -> None:
    places = PostSnippet.objects.filter(snippet__in=snippet_ids)
    refresh_standing(article_ids=places.values_list("post__article", flat=True))


@transaction.atomic
def verify_again(*, snippet_ids: Collection[int], why: str, user: Any) -> int:
    """Have snippets, and their accepted corrections, checked anew; return how many snippets."""
    snippets = list(Snippet.objects.filter(pk__in=snippet_ids))
    corrections = {
        one.suggested_id for one in snippets if one.suggested_id and one.is_suggestion_accepted
    }
    request_checks(snippet_ids={one.pk for one in snippets} | corrections)
    for snippet in snippets:
        note_deed(
            user=user, verb=Deed.REQUEUED_SNIPPET, target=snippet, why=why, label=name_of(snippet)
        )
    return len(snippets)


def name_of(snippet: Snippet) -> str:
    """Return the snippet's name, else its first line that says something."""
    lines = (line.strip() for line in snippet.code.splitlines())
    return snippet.name or next((line for line in lines if line), snippet.digest[:12])
