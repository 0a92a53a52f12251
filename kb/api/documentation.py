"""The description of the API as a page shows it."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, gettext_lazy

TITLES = {
    "articles": gettext_lazy("Articles"),
    "posts": gettext_lazy("Posts"),
    "translations": gettext_lazy("Texts"),
    "tags": gettext_lazy("Tags"),
    "search": gettext_lazy("Search"),
    "snippets": gettext_lazy("Code"),
    "verifications": gettext_lazy("Verifications"),
    "runs": gettext_lazy("Runs"),
    "desk": gettext_lazy("Desk"),
    "about": gettext_lazy("The API itself"),
}
METHODS = ("get", "post", "put", "delete")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Value:
    """A parameter, or a field of what is sent or answered."""

    name: str
    kind: str
    is_required: bool
    description: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    description: str
    needs_token: bool
    scope: str
    parameters: Sequence[Value]
    body: Sequence[Value]
    answer: Sequence[Value]
    answer_name: str
    statuses: Sequence[tuple[str, str]]

    @property
    def summary_label(self) -> str:
        return gettext(self.summary)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Group:
    name: str
    operations: Sequence[Operation]

    @property
    def title(self) -> Any:
        return TITLES[self.name]


def list_groups(schema: Mapping[str, Any]) -> list[Group]:
    """Return the operations by subject."""
    groups: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                operation = methods[method]
                name = operation["tags"][0]
                groups.setdefault(name, []).append(_operation(schema, path, method, operation))
    return [Group(name=name, operations=groups[name]) for name in TITLES]


def _operation(
    schema: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]
) -> Operation:
    name, answer = _answer(schema, operation)
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return Operation(
        id=str(operation["operationId"]),
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=operation.get("description", ""),
        needs_token=bool(operation.get("security")),
        scope=operation.get("x-scope", ""),
        parameters=[
            Value(
                name=one["name"],
                kind=kind_of(one["schema"]),
                is_required=one["required"],
                description=one.get("description", one["schema"].get("description", "")),
            )
            for one in operation.get("parameters", [])
        ],
        body=list(_fields(schema, content.get("schema", {}))),
        answer=answer,
        answer_name=name,
        statuses=[(status, one["description"]) for status, one in operation["responses"].items()],
    )


def _answer(schema: Mapping[str, Any], operation: Mapping[str, Any]) -> tuple[str, list[Value]]:
    """Return the name and fields of what is answered; of a list, of one of its items."""
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            content = response.get("content", {}).get("application/json", {})
            shape = _resolved(schema, content.get("schema", {}))
            items = shape.get("properties", {}).get("items", {}).get("items")
            shape = _resolved(schema, items) if items else shape
            return str(shape.get("title", "")), list(_fields(schema, shape))
    return "", []


def _fields(schema: Mapping[str, Any], shape: Mapping[str, Any]) -> Iterator[Value]:
    shape = _resolved(schema, shape)
    required = shape.get("required", [])
    for name, field in shape.get("properties", {}).items():
        yield Value(
            name=name,
            kind=kind_of(field),
            is_required=name in required,
            description=field.get("description", ""),
        )


def _resolved(schema: Mapping[str, Any], shape: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = shape.get("$ref", "")
    name = reference.rpartition("/")[2]
    found: Mapping[str, Any] = schema["components"]["schemas"][name] if reference else shape
    return found


def kind_of(shape: Mapping[str, Any]) -> str:
    """Return what kind of value it is, in a few words."""
    if "$ref" in shape:
        return str(shape["$ref"]).rpartition("/")[2]
    if "const" in shape:
        return str(shape["const"])
    if "enum" in shape:
        return " | ".join(str(one) or '""' for one in shape["enum"])
    if "anyOf" in shape:
        return " | ".join(kind_of(one) for one in shape["anyOf"])
    kind = str(shape.get("type", "any"))
    if kind == "array":
        return f"{kind_of(shape.get('items', {}))}[]"
    if kind == "object" and isinstance(shape.get("additionalProperties"), dict):
        return f"{{name: {kind_of(shape['additionalProperties'])}}}"
    if shape.get("format") == "date-time":
        return "date-time"
    if kind == "integer" and shape.get("maximum", 2**63) < 2**53:
        return f"{shape.get('minimum', '…')}…{shape['maximum']}"
    return kind
