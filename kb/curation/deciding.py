"""Deciding on what readers told: that a post is outdated, which tag an article lacks."""

import hashlib
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone

from kb.curation.standing import refresh_standing
from kb.models import Article, Deed, Report, Tag, TagSuggestion
from kb.people.auditing import note_deed
from kb.storing.restating import placed_snippets, restate_snippets
from kb.tagging import find_tag

Status = Report.Status
NAME_CHARACTERS = 60


class NotDecided(Exception):
    """A decision that cannot be taken; the message says what to do first."""


@transaction.atomic
def decide_reports(
    *, report_ids: Collection[int], is_accepted: bool, decision: str, user: Any
) -> int:
    """Close open reports that a post is outdated; return how many were still open.

    `decision` says what was done, or why nothing was; suggested edits are decided by
    applying them, elsewhere.
    """
    found = Report.objects.select_for_update(of=("self",)).filter(
        pk__in=report_ids, status=Status.OPEN, kind=Report.Kind.OUTDATED
    )
    reports = list(found.select_related("post"))
    for report in reports:
        _close(report, is_accepted=is_accepted, decision=decision, user=user)
        report.save(update_fields=["status", "decision", "decided_by", "decided_at"])
        verb = Deed.ACCEPTED_REPORT if is_accepted else Deed.DECLINED_REPORT
        note_deed(user=user, verb=verb, target=report, why=decision, label=report.comment)
    refresh_standing(article_ids={report.post.article_id for report in reports})
    return len(reports)


@transaction.atomic
def suggest_tag(
    *, article: Article, name: str, comment: str, user: Any, session_key: str
) -> TagSuggestion:
    """Keep that an article lacks a tag; the same one suggested twice waits once.

    Raises NotDecided where the article has it.
    """
    name = name.strip()[:NAME_CHARACTERS]
    tag = find_tag(name)
    if tag is not None and article.tags.filter(pk=tag.pk).exists():
        raise NotDecided(f"the article has the tag {tag.slug!r}")
    known = user.is_authenticated
    key = "" if known or not session_key else hashlib.sha256(session_key.encode()).hexdigest()
    suggestion, _ = TagSuggestion.objects.update_or_create(
        article=article,
        tag=tag,
        name=tag.slug if tag else name,
        status=Status.OPEN,
        defaults={"comment": comment, "user": user if known else None, "reporter_key": key},
    )
    return suggestion


@transaction.atomic
def decide_tags(
    *, suggestion_ids: Collection[int], is_accepted: bool, decision: str, user: Any
) -> int:
    """Accept suggested tags, or decline them; return how many were decided.

    One that names no tag can be declined only: see `kb.editing.tags.make_suggested_tag`.
    """
    found = TagSuggestion.objects.select_for_update(of=("self",)).filter(
        pk__in=suggestion_ids, status=Status.OPEN
    )
    count = 0
    for suggestion in found.select_related("article", "tag"):
        suggestion.tag = suggestion.tag or find_tag(suggestion.name)
        if is_accepted and suggestion.tag is None:
            continue
        _close(suggestion, is_accepted=is_accepted, decision=decision, user=user)
        suggestion.save()
        verb = Deed.ACCEPTED_TAG if is_accepted else Deed.DECLINED_TAG
        note_deed(user=user, verb=verb, target=suggestion, why=decision)
        if is_accepted and suggestion.tag is not None:
            _add_tag(suggestion.article, suggestion.tag)
        count += 1
    return count


@transaction.atomic
def assign_tag(*, article_ids: Collection[int], tag: Tag, why: str, user: Any) -> int:
    """Give articles a tag; return how many did not have it."""
    lacking = Article.objects.filter(pk__in=article_ids).exclude(tags=tag)
    articles = list(lacking)
    for article in articles:
        _add_tag(article, tag)
        note_deed(
            user=user, verb=Deed.ASSIGNED_TAG, target=article, why=why, label=f"{article} + {tag}"
        )
    return len(articles)


def _add_tag(article: Article, tag: Tag) -> None:
    article.tags.add(tag)
    # Or the next import would take it away again.
    Article.objects.filter(pk=article.pk).update(is_arranged_here=True)
    # A tag may bring a set-up that curators wrote for its snippets.
    restate_snippets(snippet_ids=placed_snippets(article))
    refresh_standing(article_ids=[article.pk])


def _close(told: Report | TagSuggestion, *, is_accepted: bool, decision: str, user: Any) -> None:
    told.status = Status.ACCEPTED if is_accepted else Status.DECLINED
    told.decision = decision.strip()
    told.decided_by = user
    told.decided_at = timezone.now()
