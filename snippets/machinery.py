"""Whether queues, workers and the sandbox answer, for those who look after the site."""

import dataclasses
from collections.abc import Mapping

import redis
from django.conf import settings

import sandbox
from snippets import broker, queueing

PRIORITIES = (queueing.READER_PRIORITY, queueing.VERIFICATION_PRIORITY)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Machinery:
    has_broker: bool
    queues: Mapping[str, int]  # messages by queue; those that a worker holds are not counted
    has_workers: bool
    has_sandbox: bool


def look_at_machinery() -> Machinery:
    """Ask each part; one that is away is a state, not an error."""
    queues = _queues()
    return Machinery(
        has_broker=queues is not None,
        queues=queues or {},
        has_workers=queues is not None and queueing.has_workers(),
        has_sandbox=_has_sandbox(),
    )


def _queues() -> dict[str, int] | None:
    client = broker.client()
    try:
        return {
            name: sum(_length(client, name, priority) for priority in PRIORITIES)
            for name in (queueing.CPU, queueing.VERIFY_QUEUE, queueing.GPU)
        }
    except redis.RedisError:
        return None


def _length(client: redis.Redis, name: str, priority: int) -> int:
    # As kombu names the lists of each priority.
    return int(client.llen(f"{name}:{priority}" if priority else name))


def _has_sandbox() -> bool:
    try:
        sandbox.Client(settings.SANDBOX_SOCKET).status()
    except sandbox.SandboxError:
        return False
    return True
