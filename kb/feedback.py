"""What readers say of posts: votes, that one is outdated, how it should read."""

import hashlib
from typing import Any

from django.db import transaction

from kb.curation.standing import refresh_standing
from kb.models import Article, Language, Post, Report, Translation, Vote


class NotSuggested(Exception):
    """A suggestion that cannot be taken; the message says what to change."""


@transaction.atomic
def cast_vote(*, user: Any, post: Post, value: int) -> int:
    """Store a vote, 0 takes it back; return the post's score."""
    locked = Post.objects.select_for_update().get(pk=post.pk)
    votes = Vote.objects.filter(post=locked, user=user)
    before = votes.values_list("value", flat=True).first() or 0
    if value:
        Vote.objects.update_or_create(post=locked, user=user, defaults={"value": value})
    else:
        votes.delete()
    locked.score += value - before
    locked.save(update_fields=["score"])
    refresh_standing(article_ids=[locked.article_id])
    return locked.score


def votes_of(user: Any, article: Article) -> dict[int, int]:
    """Return the user's votes by post."""
    if not user.is_authenticated:
        return {}
    votes = Vote.objects.filter(user=user, post__article=article)
    return dict(votes.values_list("post_id", "value"))


@transaction.atomic
def report_outdated(
    *, post: Post, language: Language, comment: str, user: Any, session_key: str
) -> Report:
    """Tell the curators that a post no longer holds; who reports twice is heard once."""
    reporter = _reporter(user, session_key)
    report, _ = Report.objects.update_or_create(
        post=post,
        kind=Report.Kind.OUTDATED,
        status=Report.Status.OPEN,
        **reporter,
        defaults={"comment": comment, "language": language},
    )
    refresh_standing(article_ids=[post.article_id])
    return report


@transaction.atomic
def suggest_edit(
    *, translation: Translation, markdown: str, comment: str, user: Any, session_key: str
) -> Report:
    """Keep another wording of a text for the curators; raises NotSuggested where it is the same."""
    if markdown.strip() == translation.markdown.strip():
        raise NotSuggested("nothing was changed; edit the text first")
    report = Report.objects.create(
        post_id=translation.post_id,
        kind=Report.Kind.EDIT,
        language=translation.language,
        markdown=markdown,
        comment=comment,
        base_revision=translation.revision_number,
        **_reporter(user, session_key),
    )
    refresh_standing(article_ids=[translation.post.article_id])
    return report


def _reporter(user: Any, session_key: str) -> dict[str, Any]:
    if user.is_authenticated:
        return {"user": user, "reporter_key": ""}
    key = hashlib.sha256(session_key.encode()).hexdigest() if session_key else ""
    return {"user": None, "reporter_key": key}
