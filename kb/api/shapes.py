"""What all of the API's values are made of: what is given is checked, what is told is typed."""

import dataclasses
import datetime
import re
from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar

from django.urls import register_converter
from django.urls.converters import IntConverter
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError, core_schema

T = TypeVar("T")


class IdConverter(IntConverter):
    """A number in an address that a database can hold."""

    regex = "[0-9]{1,18}"


register_converter(IdConverter, "id")


@dataclasses.dataclass(frozen=True)
class OneOf:
    """A text that is one of a few, as the models name them."""

    values: tuple[str, ...]

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> Any:
        return core_schema.literal_schema([str(value) for value in self.values])


Lang = Annotated[str, OneOf(("zh", "en"))]
MOST_ID = 10**18 - 1
WHOLE = re.compile(r"-?[0-9]{1,19}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class Given(BaseModel):
    """What a program sends: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Told(BaseModel):
    """What the API answers."""

    model_config = ConfigDict(frozen=True)


class Page(Told, Generic[T]):
    """A part of a list; `next_cursor` leads on, and is null at the end."""

    items: Sequence[T]
    next_cursor: str | None = Field(
        description="What to send as `cursor` for the items that follow; null: there are no more."
    )


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("nul", "holds a NUL character; remove it")
    return text


def _iso(at: datetime.datetime) -> str:
    return at.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _read_whole(value: object) -> object:
    if isinstance(value, str) and not WHOLE.fullmatch(value):
        raise PydanticCustomError("whole", "is no whole number")
    return value


def _read_flag(value: object) -> object:
    if isinstance(value, str) and value not in {"true", "false"}:
        raise PydanticCustomError("flag", "is neither true nor false")
    return value


def _read_moment(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        if MOMENT.fullmatch(value):
            return datetime.datetime.fromisoformat(value.upper()).astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        pass
    raise PydanticCustomError("moment", "is no moment such as 2026-01-31T12:00:00Z")


def _read_number(value: object) -> object:
    """Return 1 for 1.0, which JSON does not tell apart."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


number = BeforeValidator(_read_number)
Id = Annotated[int, Field(ge=1, le=MOST_ID), number]
# Parameters in addresses are text; these take one spelling each and nothing near it.
# The bounds stand before the reading: else the description does not have them.
whole = BeforeValidator(_read_whole)
IdNamed = Annotated[int, Field(ge=1, le=MOST_ID), whole]
Flag = Annotated[bool, BeforeValidator(_read_flag)]
Moment = Annotated[
    datetime.datetime,
    BeforeValidator(_read_moment),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Text = Annotated[str, AfterValidator(_without_nul)]
When = Annotated[
    datetime.datetime,
    PlainSerializer(_iso, return_type=str),
    Field(json_schema_extra={"format": "date-time"}),
]
