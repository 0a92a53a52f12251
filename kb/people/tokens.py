"""Tokens of the API: made once and shown once, kept as a digest, checked at each use."""

import datetime
import hashlib
import secrets
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kb.models import ApiToken, Deed
from kb.people.auditing import note_deed
from kb.people.roles import Permission, may

Scope = ApiToken.Scope
PREFIX = "zhiyan_"
"""By it, scanners for leaked secrets know a token, and a person what it is for."""
TOKENS_AT_MOST = 20
USE_NOTED_EVERY = datetime.timedelta(minutes=1)

# What a user must be allowed for a scope to be of use; any of them. None: everybody is.
NEEDED: dict[Scope, tuple[Permission, ...]] = {
    Scope.RUN: (),
    Scope.SUGGEST: (),
    Scope.CURATE: (Permission.CURATE_SNIPPETS,),
    Scope.WRITE_TEXTS: (Permission.TRANSLATE,),
    Scope.DESK: (Permission.VIEW_DESK,),
}


class TokenRefused(Exception):
    """This token is not made; the message says why."""


def may_have(user: Any, scope: Scope) -> bool:
    return not NEEDED[scope] or any(may(user, permission) for permission in NEEDED[scope])


@transaction.atomic
def make_token(
    *, user: Any, name: str, scopes: Collection[Scope], days: int | None
) -> tuple[ApiToken, str]:
    """Return a new token's row and the token itself, which nobody can read again.

    `days`: how long it is good for; None: until it is revoked. Raises TokenRefused.
    """
    if refused := [scope for scope in scopes if not may_have(user, scope)]:
        raise TokenRefused(f"{user} may not have the scope {refused[0].value}")
    if usable_tokens(user).count() >= TOKENS_AT_MOST:
        raise TokenRefused(f"{user} has {TOKENS_AT_MOST} tokens; revoke one first")
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        digest=digest_of(text),
        hint=text[-4:],
        scopes=[scope.value for scope in Scope if scope in scopes],
        expires_at=timezone.now() + datetime.timedelta(days=days) if days else None,
    )
    note_deed(user=user, verb=Deed.MADE_TOKEN, target=token)
    return token, text


@transaction.atomic
def revoke_token(*, user: Any, token: ApiToken) -> None:
    """End a token for good; one that was revoked stays as it is."""
    live = ApiToken.objects.filter(pk=token.pk, user=user, revoked_at=None)
    if live.update(revoked_at=timezone.now()):
        note_deed(user=user, verb=Deed.REVOKED_TOKEN, target=token)


def find_token(text: str) -> ApiToken | None:
    """Return the usable token that `text` is, of a user who may sign in; note its use."""
    tokens = ApiToken.objects.select_related("user")
    token = tokens.filter(digest=digest_of(text)).first()
    if token is None or not token.is_usable or not token.user.is_active:
        return None
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at < now - USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def usable_tokens(user: Any) -> Any:
    now = timezone.now()
    not_over = Q(expires_at=None) | Q(expires_at__gt=now)
    return ApiToken.objects.filter(not_over, user=user, revoked_at=None)


def digest_of(text: str) -> str:
    # 256 random bits cannot be guessed from a fast digest, unlike a password.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
