"""Readers are served before verification."""

import pytest
import redis

from snippets.models import Run
from snippets.queueing import enqueue

pytestmark = pytest.mark.django_db


def test_verification_waits_behind_readers(broker: redis.Redis) -> None:
    for purpose in (Run.Purpose.VERIFICATION, Run.Purpose.READER, Run.Purpose.VERIFICATION):
        enqueue(Run.objects.create(runtime="torch-2.13", code="1", purpose=purpose))

    # kombu keeps one list a priority. Verification has workers of its own.
    assert (broker.llen("cpu"), broker.llen("cpu:6"), broker.llen("verify:6")) == (1, 0, 2)
