"""Who calls: a bearer token and nothing else, so that no foreign page can call as its reader."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from ninja.security.base import AuthBase

from kb.api.problems import Problem
from kb.models import ApiToken
from kb.people.tokens import Scope, find_token, may_have

SCHEME = "Bearer"


class Token(AuthBase):
    """A token with a scope, whose user may still do what the scope is for."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> ApiToken:
        token = find_token(_bearer(request))
        if token is None:
            detail = "The token is unknown, over or revoked. Make another at /en/account/tokens."
            raise _unauthorized("invalid-token", detail, 'error="invalid_token"')
        if self.scope.value not in token.scopes:
            raise _forbidden(
                self.scope, "insufficient-scope", f"This token lacks the scope {self.scope.value}."
            )
        if not may_have(token.user, self.scope):
            detail = f"{token.user.get_username()} has no role any more that may do this."
            raise _forbidden(self.scope, "not-allowed", detail)
        return token


def needs(scope: Scope) -> dict[str, Any]:
    """Return what an operation is declared with that needs a token with `scope`."""
    return {"auth": Token(scope), "openapi_extra": {"x-scope": scope.value}}


def caller(request: HttpRequest) -> Any:
    """Return the user whose token was shown."""
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    return token.user


def token_of(request: HttpRequest) -> ApiToken | None:
    """Return the token that came with a request that needs none, where it is a good one."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    return find_token(text.strip()) if scheme.lower() == SCHEME.lower() and text.strip() else None


def _bearer(request: HttpRequest) -> str:
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != SCHEME.lower() or not text.strip():
        detail = "This needs a token: send the header Authorization: Bearer <token>."
        raise _unauthorized("no-token", detail)
    return text.strip()


def _unauthorized(code: str, detail: str, parameters: str = "") -> Problem:
    challenge = ", ".join(filter(None, [f'{SCHEME} realm="api"', parameters]))
    return Problem(HTTPStatus.UNAUTHORIZED, code, detail, headers={"WWW-Authenticate": challenge})


def _forbidden(scope: Scope, code: str, detail: str) -> Problem:
    challenge = f'{SCHEME} realm="api", error="insufficient_scope", scope="{scope.value}"'
    return Problem(HTTPStatus.FORBIDDEN, code, detail, headers={"WWW-Authenticate": challenge})
