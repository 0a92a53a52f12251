"""Celery's side of the knowledge base: thin."""

from celery import shared_task

from kb import pending

RENDER_SECONDS = 10.0
"""Of each minute, so that readers' runs do not wait for an import's texts."""


@shared_task(name="kb.render_pending")
def render_pending() -> int:
    return pending.render_pending(seconds=RENDER_SECONDS)
