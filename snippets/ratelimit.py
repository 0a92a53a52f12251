"""How many runs, and the like, a reader may ask for: by session, else by address."""

import functools
import math
import time
from typing import Any

from django.conf import settings
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from snippets import broker, limits

# A classroom shares an address; one reader does not open this many sessions.
SESSIONS_PER_ADDRESS = 5


def seconds_to_wait(
    *, user: Any, session_key: str, address: str, what: str = "runs", per_minute: int | None = None
) -> int:
    """Count one of `what`; return 0 when it may go ahead, else the seconds until one may."""
    if limits.is_curator(user):
        return 0
    person = f"user:{user.pk}" if user.is_authenticated else f"session:{session_key}"
    most = settings.RUNS_PER_MINUTE_ANONYMOUS if per_minute is None else per_minute
    checks = [(RateLimitItemPerMinute(most, namespace=what), person)]
    if not user.is_authenticated:
        wider = RateLimitItemPerMinute(most * SESSIONS_PER_ADDRESS, namespace=what)
        checks.append((wider, f"address:{address}"))
    return next((wait for item, key in checks if (wait := _hit(item, key))), 0)


def hit(*, key: str, what: str, per_minute: int) -> int:
    """Count one of `what` for a key alone; return as `seconds_to_wait` does."""
    return _hit(RateLimitItemPerMinute(per_minute, namespace=what), key)


def _hit(item: RateLimitItem, key: str) -> int:
    limiter = _limiter(settings.REDIS_URL)
    if limiter.hit(item, key):
        return 0
    frees_at = limiter.get_window_stats(item, key).reset_time
    return max(1, math.ceil(frees_at - time.time()))


@functools.cache
def _limiter(redis_url: str) -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(storage_from_string(broker.limits_url(redis_url)))
