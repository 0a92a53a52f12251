"""Which tables are the site, and how a row stands in a file.

Every model of the installed applications is exported, those that are added later included;
what a site makes for itself again is left out by name.
"""

import base64
import datetime
import decimal
import uuid
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime, parse_duration, parse_time
from django.utils.duration import duration_iso_string

# Made anew by migrations, by the next visit, or by building the index.
LEFT_OUT = {
    "contenttypes.contenttype",
    "auth.permission",
    "sessions.session",
    "kb.searchindex",
    "kb.indexchange",
    "kb.titlevector",
    "kb.importchunk",  # files that wait to be imported
}
# Other sites number these differently: rows that point at them do so by name.
BY_NAME = {"contenttypes.contenttype", "auth.permission"}

Row = dict[str, Any]


def label(model: type[models.Model]) -> str:
    return model._meta.label_lower


def exported_models() -> list[type[models.Model]]:
    """Return every table to export, the links of many-to-many fields included, by name."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if label(model) not in LEFT_OUT and not model._meta.proxy and model._meta.managed
    ]
    return sorted(found, key=label)


def rows_of(model: type[models.Model]) -> Iterator[Row]:
    """Yield the rows by their keys, a few at a time."""
    fields = model._meta.concrete_fields
    names = {
        field.attname: key_names(target) for field in fields if (target := named_target(field))
    }
    for instance in model._base_manager.order_by("pk").iterator(chunk_size=500):
        row: Row = {}
        for field in fields:
            value = getattr(instance, field.attname)
            if field.attname in names and value is not None:
                value = names[field.attname][value]
            row[field.attname] = as_json(value, field)
        yield row


def named_target(field: Any) -> type[models.Model] | None:
    """Return the model that the field points at by name, if it is such."""
    target = field.related_model if field.is_relation else None
    return target if target is not None and label(target) in BY_NAME else None


def key_names(model: type[models.Model]) -> dict[Any, list[str]]:
    """Return the natural names of the rows that are pointed at by name."""
    manager = model._base_manager
    if label(model) == "auth.permission":
        rows = manager.values_list("pk", "content_type__app_label", "content_type__model",
                                   "codename")  # fmt: skip
    else:
        rows = manager.values_list("pk", "app_label", "model")
    return {pk: list(names) for pk, *names in rows}


def as_json(value: Any, field: Any) -> Any:
    """Return a field's value as JSON holds it, without loss."""
    if isinstance(field, models.JSONField) or value is None:
        return value
    if isinstance(value, bytes | memoryview | bytearray):
        return base64.b64encode(bytes(value)).decode("ascii")
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return duration_iso_string(value)
    if isinstance(value, decimal.Decimal | uuid.UUID):
        return str(value)
    return value


def as_value(value: Any, field: Any) -> Any:
    """Return what `as_json` was given."""
    if value is None or isinstance(field, models.JSONField):
        return value
    if isinstance(field, models.BinaryField):
        return base64.b64decode(value)
    parsers: dict[type[Any], Any] = {
        models.DateTimeField: parse_datetime,
        models.DateField: parse_date,
        models.TimeField: parse_time,
        models.DurationField: parse_duration,
        models.DecimalField: decimal.Decimal,
        models.UUIDField: uuid.UUID,
    }
    for kind, parse in parsers.items():
        if isinstance(field, kind):
            return parse(value)
    return value
