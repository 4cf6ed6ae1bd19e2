"""Pen: one statement after another beside other work; PostgreSQL runs it while the caller goes on.

A thread would do the same on either database, and take longer for its hand-overs than for its work.
"""

from __future__ import annotations

import re
import select
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Any, Final, Protocol

from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections

Value = str | int | datetime

_COMMAND_OK: Final = 1  # of libpq


class Pen(Protocol):
    """Runs one statement at a time."""

    def ready(self, statement: str) -> None:
        """See to it that a statement can be begun. Raises DatabaseError."""
        ...

    def begin(self, statement: str, values: Sequence[Value]) -> None:
        """Have a statement run; the one before it has been finished. Raises DatabaseError."""
        ...

    def finish(self) -> int:
        """How many rows the statement has changed, once it stands. Raises DatabaseError."""
        ...

    def close(self) -> None:
        """What was begun still stands, or has failed."""
        ...


def pen() -> Pen:
    """The pen of the database; on PostgreSQL with a connection of its own."""
    return PreparingPen() if connection.vendor == "postgresql" else CursorPen()


class CursorPen:
    """Django's cursor: a statement stands before the caller goes on."""

    def __init__(self) -> None:
        self._cursor = connection.cursor()
        self._as_stored = connection.ops.adapt_datetimefield_value
        self._changed = 0

    def ready(self, statement: str) -> None:
        """There is nothing to prepare."""

    def begin(self, statement: str, values: Sequence[Value]) -> None:
        """Run it."""
        stored = [self._as_stored(v) if isinstance(v, datetime) else v for v in values]
        self._cursor.execute(statement, stored)
        self._changed = int(self._cursor.rowcount)

    def finish(self) -> int:
        """What it changed."""
        return self._changed

    def close(self) -> None:
        """The cursor ends."""
        self._cursor.close()


class PreparingPen:
    """Statements that PostgreSQL has prepared, handed over by libpq and not waited for.

    Parsed and planned anew for every message, as by Django's cursor, they take three times as long
    there, and four times as long here.
    """

    def __init__(self) -> None:
        self._own = connections[DEFAULT_DB_ALIAS].copy()
        self._own.ensure_connection()
        self._line = self._own.connection.pgconn
        self._names: dict[str, bytes] = {}
        self._to_read, self._to_write = select.poll(), select.poll()
        self._to_read.register(self._line.socket, select.POLLIN)
        self._to_write.register(self._line.socket, select.POLLIN | select.POLLOUT)
        self._is_running = False

    def ready(self, statement: str) -> None:
        """Have it prepared."""
        with self._own.wrap_database_errors:
            self._prepared(statement)

    def begin(self, statement: str, values: Sequence[Value]) -> None:
        """Hand it over; what does not fit into the line's buffer at once is waited for."""
        with self._own.wrap_database_errors:
            name = self._prepared(statement)
            self._line.send_query_prepared(name, [str(value).encode() for value in values])
            while self._line.flush():
                self._to_write.poll()
                self._line.consume_input()
        self._is_running = True  # in full: what was handed over in part never runs

    def finish(self) -> int:
        """Wait for its end."""
        with self._own.wrap_database_errors:
            results = self._results()
        changed = 0
        for result in results:
            self._check(result)
            changed += int(result.command_tuples or 0)
        return changed

    def close(self) -> None:
        """Wait for what runs, and end the connection."""
        try:
            if self._is_running:
                self.finish()
        finally:
            self._own.close()

    def _results(self) -> list[Any]:
        self._is_running = False
        self._line.consume_input()
        while self._line.is_busy():
            self._to_read.poll()
            self._line.consume_input()
        return list(iter(self._line.get_result, None))

    def _prepared(self, statement: str) -> bytes:
        if statement in self._names:
            return self._names[statement]
        name = f"pen_{len(self._names)}".encode()
        self._check(self._line.prepare(name, _numbered(statement).encode()))
        self._names[statement] = name
        return name

    def _check(self, result: Any) -> None:
        if result.status != _COMMAND_OK:
            raise OperationalError(self._line.get_error_message())


def _numbered(statement: str) -> str:
    """The statement with its places as PostgreSQL numbers them."""
    numbers = count(1)
    return re.sub("%s", lambda _: f"${next(numbers)}", statement)
