"""What a run may use, by who asks for it."""

from typing import Any

from sandbox import Limits
from sandbox.model import MIB

READER = Limits(wall_seconds=10.0, cpu_seconds=20.0, memory_bytes=1024 * MIB)
MEMBER = Limits(wall_seconds=20.0, cpu_seconds=40.0, memory_bytes=1536 * MIB)
CURATOR = Limits(wall_seconds=60.0, cpu_seconds=120.0, memory_bytes=2048 * MIB)
VERIFICATION = CURATOR
HARD_WALL_SECONDS = max(x.wall_seconds for x in (READER, MEMBER, CURATOR, VERIFICATION))
"""No run lasts longer; the broker's visibility timeout is set by it."""


def is_curator(user: Any) -> bool:
    """Say whether `user` mends the knowledge base: staff, or who may change snippets."""
    return bool(
        getattr(user, "is_authenticated", False)
        and (user.is_staff or user.has_perm("snippets.change_snippet"))
    )


def limits_for(user: Any) -> Limits:
    if is_curator(user):
        return CURATOR
    return MEMBER if getattr(user, "is_authenticated", False) else READER
