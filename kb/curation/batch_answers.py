"""Answering batches of checks that stopped, with who did it and why."""

from typing import Any

from django.db import transaction

from kb.models import Deed
from kb.people.auditing import note_deed
from snippets import batches
from snippets.batches import NotStopped
from snippets.models import Batch

__all__ = ["NotStopped", "answer_batch"]


@transaction.atomic
def answer_batch(*, batch_id: int, is_accepted: bool, why: str, user: Any) -> int:
    """Accept or discard a stopped batch; return how many failures that concerned.

    Raises NotStopped where it has been answered, or never stopped.
    """
    answer = batches.accept_batch if is_accepted else batches.discard_batch
    count = answer(batch_id=batch_id)
    verb = Deed.ACCEPTED_BATCH if is_accepted else Deed.DISCARDED_BATCH
    note_deed(user=user, verb=verb, target=Batch.objects.get(pk=batch_id), why=why)
    return count
