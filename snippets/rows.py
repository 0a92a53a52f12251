"""Writing many rows at once, each exactly as given: no signal, no automatic time, few statements.

`bulk_create` replaces creation times by now and asks for every key; imports and restores know both.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models

PLAIN = (models.CharField, models.TextField, models.IntegerField, models.BooleanField,
         models.ForeignKey)  # fmt: skip
VALUES_PER_STATEMENT = 900
"""SQLite's smallest limit is 999 values."""


def reserve_ids(model: type[models.Model], count: int) -> range | list[int]:
    """Return `count` unused keys; only inside the transaction that will use them."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, count],
            )
            return [row[0] for row in cursor.fetchall()]
        # The transaction has the only write lock, so nobody else takes these.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
    first = (row[0] if row else 0) + 1
    return range(first, first + count)


def insert(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model that have their keys."""
    if not rows:
        return
    fields = rows[0]._meta.concrete_fields
    # Text and numbers go as they are; asking the field for each is most of the work here.
    prepare = [None if isinstance(field, PLAIN) else _preparing(field) for field in fields]
    pairs = list(zip([field.attname for field in fields], prepare, strict=True))
    insert_values(
        type(rows[0]),
        [str(field.column) for field in fields],
        [
            [getattr(row, name) if own is None else own(getattr(row, name)) for name, own in pairs]
            for row in rows
        ],
    )


def _preparing(field: "models.Field[Any, Any]") -> Callable[[Any], Any]:
    prepare = partial(field.get_db_prep_save, connection=connection)
    # Many rows have the same time.
    return lru_cache(maxsize=256)(prepare) if isinstance(field, models.DateTimeField) else prepare


def insert_values(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert rows whose values are as the database wants them."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    one = "(" + ", ".join(["%s"] * len(columns)) + ")"
    size = max(VALUES_PER_STATEMENT // len(columns), 1)
    with connection.cursor() as cursor:
        for start in range(0, len(rows), size):
            part = rows[start : start + size]
            cursor.execute(
                f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES "  # noqa: S608
                + ", ".join([one] * len(part)),
                [value for row in part for value in row],
            )


def restart_sequences(tables: Iterable[type[models.Model]]) -> None:
    """Have the database give the next keys after the highest ones, where it does not by itself."""
    statements = connection.ops.sequence_reset_sql(no_style(), list(tables))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
