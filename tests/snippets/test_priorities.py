"""Readers are served before verification."""

import pytest
import redis

from snippets.models import Run
from snippets.queueing import enqueue

pytestmark = pytest.mark.django_db


def test_verification_waits_behind_readers(broker: redis.Redis) -> None:
    for purpose in (Run.Purpose.VERIFICATION, Run.Purpose.READER, Run.Purpose.VERIFICATION):
        enqueue(Run.objects.create(runtime="torch-2.13", code="1", purpose=purpose))

    # kombu keeps one list a priority, and takes from the one without a number first.
    assert (broker.llen("cpu"), broker.llen("cpu:6")) == (1, 2)
