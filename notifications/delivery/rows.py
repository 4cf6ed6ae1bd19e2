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
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db import connection, models


def insert(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model without keys, and give them the keys of the database.

    Their columns must be texts, numbers, instants, UUIDs and yes or no. No signal is sent.
    """
    if not rows:
        return
    model = type(rows[0])
    columns, values = _columns(model)
    data = [dict(zip(columns, values(row), strict=True)) for row in rows]
    # Both databases number the rows of one statement in the order in which they are given.
    for row, key in zip(rows, _insert(model, columns, data), strict=True):
        row.pk = key


def insert_new(model: type[models.Model], rows: Sequence[NamedTuple]) -> None:
    """Insert rows given by some of their columns; the others are as a new instance has them.

    An instance of a model for each takes longer than the statement. No signal is sent.
    """
    if not rows:
        return
    names, kinds = rows[0]._fields, _columns(model)[0]
    columns = {name: kinds[name] for name in names}
    _insert(model, columns, [row._asdict() for row in rows], _defaults(model, names))


def _insert(
    model: type[models.Model],
    columns: Mapping[str, str],
    data: Sequence[Mapping[str, Any]],
    same: Mapping[str, Any] = MappingProxyType({}),
) -> list[int]:
    """The keys of the rows inserted, in order; ``same`` are the columns in which all agree."""
    quote = connection.ops.quote_name
    into = ", ".join(quote(name) for name in (*columns, *same))
    values = ", ".join((*(quote(name) for name in columns), *("%s" for _ in same)))
    statement = (
        f"INSERT INTO {quote(model._meta.db_table)} ({into}) "  # noqa: S608 - names of columns
        f"SELECT {values} FROM {given(columns)} RETURNING id"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*same.values(), as_json(data)])
        return sorted(key for (key,) in cursor.fetchall())


def given(columns: Mapping[str, str]) -> str:
    """A table ``given`` of these columns, by their types; its parameter is ``as_json(rows)``."""
    quote = connection.ops.quote_name
    if connection.vendor == "postgresql":
        typed = ", ".join(f"{quote(name)} {kind}" for name, kind in columns.items())
        return f"json_to_recordset(%s) AS given({typed})"
    read = ", ".join(f"json_extract(value, '$.{name}') AS {quote(name)}" for name in columns)
    return f"(SELECT {read} FROM json_each(%s)) AS given"  # noqa: S608 - names of columns


def among(column: str, keys: Iterable[int]) -> models.Func:
    """The condition that a column holds one of many keys, given as one text: one by one is slower.

    Of a table of them PostgreSQL would make a join: where it expects a single row of all that
    waits, it reads all keys again for each row that there is. Of an array that is a literal it
    makes a table of hashes, whatever it expects.
    """
    text = ",".join(map(str, keys))
    if connection.vendor == "postgresql":
        data, joiner, template = f"{{{text}}}", " = ANY(", "%(expressions)s::bigint[])"
    else:
        joiner, template = " IN (SELECT value FROM json_each(", "%(expressions)s))"
        data = f"[{text}]"
    return models.Func(
        models.F(column),
        models.Value(data),
        template=template,
        arg_joiner=joiner,
        output_field=models.BooleanField(),
    )


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
def _defaults(model: type[models.Model], given: tuple[str, ...]) -> dict[str, Any]:
    """The columns of a new instance but the given ones, as the database takes them."""
    new = model()
    return {
        str(field.column): field.get_db_prep_save(getattr(new, field.attname), connection)
        for field in model._meta.concrete_fields
        if not (field.primary_key or field.generated or field.column in given)
    }


@cache
def _columns(model: type[models.Model]) -> tuple[dict[str, str], attrgetter[tuple[Any, ...]]]:
    """The columns of a table with their types, and what reads them from a row."""
    fields = [f for f in model._meta.concrete_fields if not (f.primary_key or f.generated)]
    kinds = {str(f.column): str(f.db_type(connection)) for f in fields}
    return kinds, attrgetter(*(f.attname for f in fields))
