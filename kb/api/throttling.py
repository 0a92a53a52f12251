"""How often a token's user may ask for what costs something; 429 says when to come back."""

from http import HTTPStatus

import redis
from django.http import HttpRequest

from kb.api.auth import caller
from kb.api.problems import Problem
from snippets import ratelimit

RETRY_SECONDS = 30
REPORTS_PER_MINUTE = 5
TEXTS_PER_MINUTE = 30
CHECKS_PER_MINUTE = 60


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
        raise Problem(
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
