"""How often a program may read, and ask for what costs more; 429 says when to come back."""

from http import HTTPStatus

import redis
from django.conf import settings
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from kb.api.auth import caller, token_of
from kb.api.problems import Problem
from snippets import ratelimit

RETRY_SECONDS = 30
REPORTS_PER_MINUTE = 5
TEXTS_PER_MINUTE = 30
CHECKS_PER_MINUTE = 60
READS = "reads"


def count(request: HttpRequest, what: str, per_minute: int | None = None) -> None:
    """Count one of `what`, with what the user does on pages; raises Problem where it is too many.

    `per_minute` None: as many as the pages' runs.
    """
    try:
        wait_seconds = ratelimit.seconds_to_wait(
            user=caller(request), session_key="", address="", what=what, per_minute=per_minute
        )
    except redis.RedisError as error:
        raise unavailable() from error
    if wait_seconds:
        raise too_many(what, wait_seconds)


class Reads(BaseThrottle):
    """So many reads a minute for a token's user, else for an address; without the broker, any."""

    def allow_request(self, request: HttpRequest) -> bool:
        if request.method != "GET":
            return True  # what writes cost is counted by each
        token = getattr(request, "auth", None) or token_of(request)
        key = f"user:{token.user_id}" if token else f"address:{request.META.get('REMOTE_ADDR', '')}"
        try:
            wait_seconds = ratelimit.hit(
                key=key, what=READS, per_minute=settings.API_READS_PER_MINUTE
            )
        except redis.RedisError:
            return True
        # One object serves every thread, so the wait goes with the request.
        request.wait_seconds = wait_seconds  # type: ignore[attr-defined]
        return not wait_seconds

    def wait(self) -> None:
        """Leave it to the handler of Throttled, which knows the request."""


def too_many(what: str, wait_seconds: int) -> Problem:
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too-many",
        f"Too many {what}. Try again in {wait_seconds} s.",
        headers={"Retry-After": str(wait_seconds)},
    )


def unavailable() -> Problem:
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "unavailable",
        f"This is not possible at the moment. Try again in {RETRY_SECONDS} s.",
        headers={"Retry-After": str(RETRY_SECONDS)},
    )
