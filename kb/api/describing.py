"""The OpenAPI description: what Ninja makes of the code, completed by what it cannot know."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import RootModel

from kb.api.problems import MEDIA_TYPE
from kb.api.webhooks import described_webhooks, webhook_schemas

DESCRIPTION = """\
Read articles, tags, snippets and verifications without a token. Run code, suggest edits and more \
with one from /en/account/tokens, sent as `Authorization: Bearer <token>`.

Reads are limited by token, else by address: beyond that comes 429 with Retry-After.

Lists come in pages: send `next_cursor` as `cursor` for what follows; it is null at the end. Every \
GET has an ETag: send it as `If-None-Match`, and what did not change costs nothing. Every error is \
`application/problem+json`.\
"""
ALWAYS = (500, 503)
ON_READ = (400, 422, 429)
ON_WRITE = (400, 401, 403, 413, 415, 422, 429)
SAID = {
    304: "Not modified: what you have still holds.",
    400: "The request could not be understood.",
    401: "No token, or one that is unknown, over or revoked.",
    403: "The token lacks the scope, or its user the role.",
    404: "There is nothing here.",
    409: "Somebody else was faster.",
    410: "It was removed.",
    413: "Too much was sent.",
    415: "The body is no JSON.",
    422: "A value is wrong; `errors` says which.",
    429: "Too often; Retry-After says when to come back.",
    500: "The server failed; `id` is in its log.",
    503: "Not possible at the moment; Retry-After says when to come back.",
}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "For programs; it never changes."},
        "detail": {"type": "string", "description": "For people: what was wrong, what to do."},
        "id": {"type": "string", "description": "Of a failure, in the server's log."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "detail": {"type": "string"},
                    "pointer": {"type": "string", "description": "Into the body (RFC 6901)."},
                    "parameter": {"type": "string", "description": "In the address."},
                },
            },
        },
    },
}


class Described(RootModel[dict[str, Any]]):
    """The description as an answer."""


def completed(schema: Any) -> dict[str, Any]:
    """Return the description with every error that there can be, and one name for the scheme."""
    described: dict[str, Any] = dict(schema)
    components = described["components"]
    schemas = {**components["schemas"], "Problem": PROBLEM, **webhook_schemas()}
    components["schemas"] = dict(sorted(schemas.items()))
    components["securitySchemes"] = {"Token": {"type": "http", "scheme": "bearer"}}
    described = _renamed(described, {name: _public_name(name) for name in components["schemas"]})
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            _complete(path, method, operation)
    described["webhooks"] = described_webhooks()
    return described


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = _without_null(parameter["schema"])
    responses = {str(status): value for status, value in operation["responses"].items()}
    codes = {*ALWAYS, *(ON_READ if method == "get" else ON_WRITE)}
    if "{" in path or path.endswith("/search"):
        codes.add(404)
    if method == "get" and not path.endswith("/events"):
        responses["304"] = {"description": SAID[304]}
    if path.endswith("/articles/{article_id}"):
        codes.add(410)
    if method == "put":
        codes.add(409)
    if scope := operation.get("x-scope"):
        codes |= {401, 403}
        operation["security"] = [{"Token": [scope]}]
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for code in codes:
        responses[str(code)] = {"description": SAID[code], "content": content}
    operation["responses"] = dict(sorted(responses.items()))


def _public_name(name: str) -> str:
    """Return RunTold as Run, RunGiven as RunRequest, and a page of ArticleLine as its Page."""
    if page := re.fullmatch(r"Page_(\w+)_", name):
        return _public_name(page[1]) + "Page"
    return re.sub(r"Given$", "Request", name).removesuffix("Told")


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_renamed(one, names) for one in value]
    if isinstance(value, dict):
        return {names.get(key, key): _renamed(one, names) for key, one in value.items()}
    if isinstance(value, str):
        start, mark, name = value.rpartition("/")
        title = re.sub(r"\[(\w+)\]$", r"_\1_", name)
        return start + mark + names[title] if title in names else value
    return value


def _without_null(shape: dict[str, Any]) -> dict[str, Any]:
    """Return what a parameter may be: it may be left out, but an address knows no null."""
    kinds = [one for one in shape.get("anyOf", ()) if one.get("type") != "null"]
    if len(kinds) != 1:
        return shape
    rest = {key: one for key, one in shape.items() if key not in {"anyOf", "default"}}
    return {**kinds[0], **rest}
