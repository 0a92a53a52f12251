"""Celery's side of the knowledge base: thin."""

from celery import shared_task

from kb.curation import deleting
from kb.importers import job_running, jobs
from kb.storing import pending
from kb.webhooks import delivering

RENDER_SECONDS = 10.0
"""Of each minute, so that readers' runs do not wait for an import's texts."""
DELIVER_SECONDS = 20.0


@shared_task(name="kb.render_pending")
def render_pending() -> int:
    return pending.render_pending(seconds=RENDER_SECONDS)


@shared_task(name="kb.purge_deleted")
def purge_deleted() -> int:
    return deleting.purge_deleted()


@shared_task(name="kb.delete_old_deliveries")
def delete_old_deliveries() -> int:
    return delivering.delete_old()


@shared_task(name=delivering.DELIVER)
def deliver_webhooks() -> int:
    return delivering.deliver_due(seconds=DELIVER_SECONDS)


@shared_task(name=jobs.RUN)
def run_import(job_id: int) -> None:
    job_running.run_job(job_id=job_id)


@shared_task(name="kb.sweep_imports")
def sweep_imports() -> dict[str, int]:
    return jobs.sweep_imports()
