"""What the knowledge base does when something happens to the snippets that it shows."""

from typing import Any

from django.dispatch import receiver

from kb.curation.standing import refresh_standing
from kb.models import PostSnippet
from kb.webhooks.messages import note_change
from snippets.models import Verification
from snippets.signals import changed, verified


@receiver(verified, dispatch_uid="kb.curation.standing")
def keep_standing(snippet_id: int, **_: Any) -> None:
    placements = PostSnippet.objects.filter(snippet=snippet_id)
    refresh_standing(article_ids=placements.values_list("post__article_id", flat=True))


@receiver(changed, dispatch_uid="kb.webhooks")
def tell_webhooks(verification: Verification, **_: Any) -> None:
    note_change(verification=verification)
