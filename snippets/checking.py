"""Keeping verifications fresh: the oldest are run again, a few at a time, when nobody waits."""

import datetime
import logging

from celery import current_app
from django.utils import timezone

from sandbox import runtime
from snippets import executors, queueing, verification
from snippets.models import Snippet, Verification

logger = logging.getLogger(__name__)

VERIFY = "runs.verify"
BATCH = 20
FRESH = datetime.timedelta(days=7)


def request_oldest() -> int:
    """Queue a check of what was checked longest ago, if that is not fresh; return how many."""
    old = Verification.objects.current().filter(checked_at__lt=timezone.now() - FRESH)
    known = runtime.load_all()
    chosen = [old_one for old_one in old.order_by("checked_at")[:BATCH] if old_one.runtime in known]
    for one in chosen:
        current_app.send_task(
            VERIFY,
            args=[one.snippet_id, one.runtime],
            queue=queueing.GPU if known[one.runtime].gpu else queueing.CPU,
            priority=queueing.VERIFICATION_PRIORITY,
            retry=False,
        )
    return len(chosen)


def check_again(*, snippet_id: int, runtime_name: str) -> None:
    """Verify anew, in this process; a snippet deleted meanwhile is left alone."""
    snippet = Snippet.objects.filter(pk=snippet_id).first()
    if snippet is None:
        return
    try:
        verification.verify_snippet(
            snippet=snippet,
            wanted=runtime.load(runtime_name),
            execute=executors.execute_here,
            is_forced=True,
        )
    except verification.SandboxFailed as error:
        logger.warning("snippet %s on %s not checked: %s", snippet_id, runtime_name, error)
