"""Whether the parts that the site needs answer."""

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from config.celery import app
from sandbox.client import Client
from sandbox.model import SandboxError

ANSWER_SECONDS = 1.0


class Unhealthy(Exception):
    """A part does not do its work; the message is safe to show to anybody."""


def check_all() -> dict[str, str]:
    """Return "ok" or what is wrong for each part that this machine's site needs."""
    checks: dict[str, Callable[[], None]] = {"db": _check_database, "redis": _check_redis}
    if "sandbox" in settings.PROGRAMS:
        checks["sandbox"] = _check_sandbox
    checks["workers"] = _check_workers
    return {name: _outcome(check) for name, check in checks.items()}


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when every part is well, else 503; for load balancers and monitors."""
    parts = check_all()
    is_ok = set(parts.values()) == {"ok"}
    return JsonResponse({"ok": is_ok, **parts}, status=200 if is_ok else 503)


def _outcome(check: Callable[[], None]) -> str:
    try:
        check()
    except Unhealthy as error:
        return str(error)
    return "ok"


def _check_database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations")
    except DatabaseError as error:
        raise Unhealthy("unreachable or not migrated") from error


def _check_redis() -> None:
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
        retry=None,
    )
    try:
        client.ping()
    except redis.RedisError as error:
        raise Unhealthy("unreachable") from error
    finally:
        client.close()


def _check_sandbox() -> None:
    try:
        Client(settings.SANDBOX_SOCKET).status()
    except SandboxError as error:
        raise Unhealthy("unreachable") from error


def _check_workers() -> None:
    _check_redis()  # Celery would try again and again
    try:
        answers = app.control.ping(timeout=ANSWER_SECONDS, limit=1)
    except (OSError, redis.RedisError, OperationalError) as error:
        raise Unhealthy("unreachable") from error
    if not answers:
        raise Unhealthy("none answers")
