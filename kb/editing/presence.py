"""Who is editing a post at this moment: a warning to others, never a lock."""

import time
from typing import Any

import redis

from snippets import broker

SEEN_SECONDS = 60
"""An editor that was silent for longer was closed."""


def note_editor(*, post_id: int, user: Any) -> None:
    """Note that the user has the post's editor open; without a broker nobody is warned."""
    key = _key(post_id)
    try:
        with broker.client().pipeline() as pipe:
            pipe.zadd(key, {user.get_username(): time.time()})
            pipe.expire(key, SEEN_SECONDS)
            pipe.execute()
    except redis.RedisError:
        return


def forget_editor(*, post_id: int, user: Any) -> None:
    try:
        broker.client().zrem(_key(post_id), user.get_username())
    except redis.RedisError:
        return


def other_editors(*, post_id: int, user: Any) -> list[str]:
    """Return who else has the post's editor open, by name."""
    since = time.time() - SEEN_SECONDS
    try:
        names = broker.client().zrangebyscore(_key(post_id), since, "+inf")
    except redis.RedisError:
        return []
    return sorted(str(name) for name in names if name != user.get_username())


def _key(post_id: int) -> str:
    return f"editing:{post_id}"
