"""Rows: many of them handed to the database in one statement, as one JSON text.

Django composes such a statement value by value, which takes longer than the statement itself.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import connection, models


def insert(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model without keys, and give them the keys of the database.

    Their columns must be texts, numbers, instants, UUIDs and yes or no. No signal is sent.
    """
    if not rows:
        return
    model = type(rows[0])
    columns, values = _columns(model)
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    statement = (
        f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({names}) "  # noqa: S608 - names of columns
        f"SELECT {names} FROM {given(columns)} RETURNING id"
    )
    data = as_json(dict(zip(columns, values(row), strict=True)) for row in rows)
    with connection.cursor() as cursor:
        cursor.execute(statement, [data])
        keys = sorted(key for (key,) in cursor.fetchall())
    # Both databases number the rows of one statement in the order in which they are given.
    for row, key in zip(rows, keys, strict=True):
        row.pk = key


def given(columns: Mapping[str, str]) -> str:
    """A table ``given`` of these columns, by their types; its parameter is ``as_json(rows)``."""
    quote = connection.ops.quote_name
    if connection.vendor == "postgresql":
        typed = ", ".join(f"{quote(name)} {kind}" for name, kind in columns.items())
        return f"json_to_recordset(%s) AS given({typed})"
    read = ", ".join(f"json_extract(value, '$.{name}') AS {quote(name)}" for name in columns)
    return f"(SELECT {read} FROM json_each(%s)) AS given"  # noqa: S608 - names of columns


def as_json(rows: Iterable[Mapping[str, Any]]) -> str:
    """The rows as one JSON text, as ``given`` reads them."""
    as_stored = connection.ops.adapt_datetimefield_value

    def as_text(value: object) -> str:
        """What JSON has no word for, as the database writes it."""
        if isinstance(value, datetime):
            return str(as_stored(value))
        if isinstance(value, uuid.UUID):
            return value.hex
        raise TypeError(f"no column of these rows holds {value!r}")

    return json.dumps(list(rows), default=as_text, ensure_ascii=False)


@cache
def _columns(model: type[models.Model]) -> tuple[dict[str, str], attrgetter[tuple[Any, ...]]]:
    """The columns of a table with their types, and what reads them from a row."""
    fields = [f for f in model._meta.concrete_fields if not (f.primary_key or f.generated)]
    kinds = {str(f.column): str(f.db_type(connection)) for f in fields}
    return kinds, attrgetter(*(f.attname for f in fields))
