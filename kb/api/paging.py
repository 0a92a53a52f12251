"""Pages of lists by cursor: what is added meanwhile neither repeats an item nor hides one."""

import base64
import binascii
import dataclasses
import datetime
import json
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

from django.db.models import Model, Q, QuerySet
from pydantic import BaseModel, Field

from kb.api.problems import FieldError, Problem
from kb.api.shapes import whole

M = TypeVar("M", bound=Model)
MOST_ITEMS = 100
CURSOR_CHARACTERS = 300
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


class Paging(BaseModel):
    limit: Annotated[
        int, Field(ge=1, le=MOST_ITEMS, description="How many items at most."), whole
    ] = 20
    cursor: Annotated[
        str | None,
        Field(max_length=CURSOR_CHARACTERS, description="`next_cursor` of the page before."),
    ] = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Order:
    """What a list is sorted by: fields that together name one place; all rise or all fall."""

    name: str
    fields: tuple[str, ...]
    kinds: tuple[type[Any], ...]  # of the fields' values: int, str or datetime
    is_falling: bool = False


NEWEST = Order(name="newest", fields=("pk",), kinds=(int,), is_falling=True)


def take(rows: QuerySet[M], order: Order, paging: Paging) -> tuple[list[M], str | None]:
    """Return the rows after the cursor and the cursor of those that follow them."""
    sign = "-" if order.is_falling else ""
    found = rows.order_by(*(sign + field for field in order.fields))
    if paging.cursor is not None:
        found = found.filter(_after(order, read_cursor(order, paging.cursor)))
    shown = list(found[: paging.limit + 1])
    if len(shown) <= paging.limit:
        return shown, None
    shown = shown[: paging.limit]
    return shown, make_cursor(order, [getattr(shown[-1], field) for field in order.fields])


def _after(order: Order, place: Sequence[Any]) -> Q:
    """Return what stands behind `place`: (a, b) > (x, y) is a > x, or a = x and b > y."""
    compare = "lt" if order.is_falling else "gt"
    condition = Q()
    for depth in reversed(range(len(place))):
        here = Q(**{f"{order.fields[depth]}__{compare}": place[depth]})
        same = Q(**{order.fields[depth]: place[depth]})
        condition = here | (same & condition) if condition else here
    return condition


def make_cursor(order: Order, place: Sequence[Any]) -> str:
    values = [_ENCODE.get(kind, _same)(one) for kind, one in zip(order.kinds, place, strict=True)]
    text = json.dumps([order.name, *values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(order: Order, cursor: str) -> list[Any]:
    """Return the place that a cursor names; raises Problem where it is none of this list's."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        name, *values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if name != order.name or len(values) != len(order.kinds):
            raise ValueError("of another list")
        return [_decode(kind, value) for kind, value in zip(order.kinds, values, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
        detail = "is no cursor of this list in this order; begin again without one"
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "invalid",
            "The cursor cannot be used.",
            errors=[FieldError(parameter="cursor", detail=detail)],
        ) from error


def _decode(kind: type[Any], value: Any) -> Any:
    if kind is datetime.datetime and isinstance(value, int):
        return EPOCH + datetime.timedelta(microseconds=value)
    is_number = kind is int and isinstance(value, int) and -(2**63) <= value < 2**63
    if is_number or (kind is str and isinstance(value, str) and "\0" not in value):
        return value
    raise ValueError(f"no {kind.__name__}")


def _microseconds(at: datetime.datetime) -> int:
    return (at - EPOCH) // datetime.timedelta(microseconds=1)


def _same(value: Any) -> Any:
    return value


_ENCODE: dict[type[Any], Callable[[Any], Any]] = {datetime.datetime: _microseconds}
