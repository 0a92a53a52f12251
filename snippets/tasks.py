"""Celery's side of the runs: thin, ids only. The application is set up in config.celery."""

from typing import Any

from celery import shared_task

from snippets import checking, execution, queueing, services, trying

RETRY_SECONDS = 2


@shared_task(name=queueing.EXECUTE, bind=True, max_retries=None)
def execute(self: Any, public_id: str) -> None:
    try:
        execution.execute_run(public_id=public_id)
    except execution.RunPostponed as error:
        raise self.retry(exc=error, countdown=RETRY_SECONDS) from error


@shared_task(name="runs.sweep")
def sweep() -> dict[str, int]:
    return services.sweep_runs()


@shared_task(name="runs.delete_old")
def delete_old() -> int:
    return services.delete_old_runs()


@shared_task(name=checking.VERIFY)
def verify(snippet_id: int, runtime_name: str, batch_id: int | None = None) -> None:
    checking.check_again(snippet_id=snippet_id, runtime_name=runtime_name, batch_id=batch_id)


@shared_task(name=trying.TRY)
def try_cell(cell_id: int) -> None:
    trying.try_cell(cell_id=cell_id)


@shared_task(name="runs.verify_due")
def verify_due() -> int:
    return checking.request_due()
