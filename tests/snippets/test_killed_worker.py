"""A worker that dies takes no run with it."""

import subprocess
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from snippets import services
from snippets.models import Run
from snippets.querysets import HEARTBEAT_LOST

JSON = {"Accept": "application/json"}


@pytest.mark.jail
@pytest.mark.django_db(transaction=True)
def test_run_of_a_killed_worker_reaches_its_end(
    start_worker: Callable[[], subprocess.Popen[bytes]],
    sandbox_service: str,
    client: Client,
    wait_until: Callable[..., None],
) -> None:
    first = start_worker()
    code = "import time\ntime.sleep(1.5)\nprint('once')"
    client.post("/en/runs/", {"runtime": "torch-2.13", "code": code}, headers=JSON)
    wait_until(lambda: Run.objects.get().status == Run.Status.RUNNING)

    first.kill()
    first.wait()
    Run.objects.update(heartbeat_at=timezone.now() - 2 * HEARTBEAT_LOST)
    start_worker()
    services.sweep_runs()
    wait_until(lambda: Run.objects.get().is_over)

    run = Run.objects.get()
    assert (run.verdict, run.stdout, run.attempts) == ("ok", "once\n", 2)
