"""The Redis-protocol server: clients of it, and its address in each library's dialect."""

import functools

import redis
import redis.asyncio
from django.conf import settings


@functools.cache
def client() -> redis.Redis:
    """Return this process's client; it pools its connections and may be shared by threads."""
    return redis.Redis.from_url(settings.REDIS_URL, decode_responses=True)


def stream_reader() -> redis.asyncio.Redis:
    """Return a client for one viewer, who closes it; blocking reads may last."""
    # redis-py's own default of 5 s would end a blocking read that waits longer.
    return redis.asyncio.Redis.from_url(
        settings.REDIS_URL, decode_responses=True, socket_timeout=None
    )


def limits_url(url: str) -> str:
    """Return `url` as the limits library reads it."""
    return url.replace("unix://", "redis+unix://", 1) if url.startswith("unix://") else url


def kombu_url(url: str) -> str:
    """Return `url` as kombu reads it."""
    return url.replace("unix://", "redis+socket://", 1) if url.startswith("unix://") else url
