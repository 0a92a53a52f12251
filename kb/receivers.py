"""What the knowledge base does when something happens to the snippets that it shows."""

from typing import Any

from django.dispatch import receiver

from kb.models import PostSnippet
from kb.standing import refresh_standing
from snippets.signals import verified


@receiver(verified, dispatch_uid="kb.standing")
def keep_standing(snippet_id: int, **_: Any) -> None:
    placements = PostSnippet.objects.filter(snippet=snippet_id)
    refresh_standing(article_ids=placements.values_list("post__article_id", flat=True))
