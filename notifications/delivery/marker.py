"""Marker: what the server accepted is written down while the next message is on its way."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count
from queue import SimpleQueue
from typing import Any, Final, NamedTuple, Self

from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections

from notifications.models import Message, Rendering

_COMMAND_OK: Final = 1  # of libpq

logger = logging.getLogger(__name__)

_MARK: Final = (
    "UPDATE notifications_message SET state = 'accepted', headers = %s, rendering_id = %s, "
    "address = %s, sent_at = %s, "
    "carried_by_id = CASE WHEN id = %s THEN NULL ELSE CAST(%s AS bigint) END "
    "WHERE state = 'pending' AND lease_by = %s AND id IN ({})"
)

# What runs a statement with its values, and says how many rows it changed.
Runner = Callable[[str, Sequence[str | int | datetime]], int]


class Mark(NamedTuple):
    """That the server has a message, and how it was sent.

    ``carried`` are the other messages of a digest.
    """

    message: Message
    headers: str
    rendering: Rendering
    address: str
    at: datetime
    carried: tuple[Message, ...] = ()


def mark_accepted(mark: Mark, run: Runner) -> bool:
    """Write down that the server has the mail, as it was sent; False where a lease is lost.

    All messages of a digest have one mark; those that are carried name the carrier.

    A commit of its own, unless the caller's transaction encloses the run (a replay). The message
    stays open until its batch is recorded: what is frozen as ``sent`` must stand in the register.
    """
    carrier, messages = mark.message, (mark.message, *mark.carried)
    for message in messages:
        message.headers, message.rendering = mark.headers, mark.rendering
        message.address, message.sent_at = mark.address, mark.at
    for message in mark.carried:
        message.carried_by = carrier
    places = ", ".join(["%s"] * len(messages))
    values = (mark.headers, mark.rendering.pk, mark.address, mark.at, carrier.pk, carrier.pk)
    keys = [message.pk for message in messages]
    return run(_MARK.format(places), (*values, carrier.lease_by, *keys)) == len(keys)


def _runner() -> Runner:
    """By Django's cursor."""
    cursor, as_stored = connection.cursor(), connection.ops.adapt_datetimefield_value

    def run(statement: str, values: Sequence[str | int | datetime]) -> int:
        cursor.execute(statement, [as_stored(v) if isinstance(v, datetime) else v for v in values])
        return int(cursor.rowcount)

    return run


def _preparing_runner() -> Runner:
    """By statements that the database has prepared, if it can.

    Parsed and planned anew for every message, as Django's cursor on PostgreSQL does, it takes three
    times as long there, and four times as long here.
    """
    connection.ensure_connection()
    if connection.vendor != "postgresql":
        return _runner()
    line = connection.connection.pgconn
    names: dict[str, bytes] = {}

    def run(statement: str, values: Sequence[str | int | datetime]) -> int:
        if statement not in names:
            name = f"mark_{len(names)}".encode()
            _check(line, line.prepare(name, _numbered(statement).encode()))
            names[statement] = name
        texts = [str(value).encode() for value in values]
        result = line.exec_prepared(names[statement], texts)
        _check(line, result)
        return int(result.command_tuples or 0)

    return run


def _numbered(statement: str) -> str:
    """The statement with its places as PostgreSQL numbers them."""
    numbers = count(1)
    return re.sub("%s", lambda _: f"${next(numbers)}", statement)


def _check(line: Any, result: Any) -> None:
    if result.status != _COMMAND_OK:
        raise OperationalError(line.get_error_message())


class Marker:
    """Writes marks in a thread with a database connection of its own, one at a time.

    At most one mark is outstanding while the next message is on its way, so that a killed worker
    can repeat two messages at most. Inside a transaction of the caller, whose rows another
    connection would not see, marks are written at once on the caller's connection.
    """

    def __init__(self, write: Callable[[Mark, Runner], bool] = mark_accepted) -> None:
        self._write = write
        self._caller = connections[DEFAULT_DB_ALIAS]  # not looked up anew for every mark
        self._marks: SimpleQueue[Mark | None] = SimpleQueue()
        self._results: SimpleQueue[bool | BaseException] = SimpleQueue()
        self._outstanding: Mark | None = None
        self._thread: threading.Thread | None = None
        self._runner: Runner | None = None  # the thread's

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the thread; what it was given is still written."""
        if self._thread is not None:
            self._marks.put(None)
            self._thread.join()
            self._thread = None

    def mark(self, mark: Mark) -> None:
        """Have a mark written, once the one before it stands. Raises what went wrong with that."""
        self.settle()
        if self._caller.in_atomic_block:
            _tell(mark, is_held=self._write(mark, _runner()))
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="marker", daemon=True)
            self._thread.start()
        self._outstanding = mark
        self._marks.put(mark)

    def settle(self) -> None:
        """Wait until all marks stand. Raises what went wrong with the last one."""
        mark, self._outstanding = self._outstanding, None
        if mark is None:
            return
        result = self._results.get()
        if isinstance(result, BaseException):
            raise result
        _tell(mark, is_held=result)

    def _work(self) -> None:
        try:
            while (mark := self._marks.get()) is not None:
                self._results.put(self._written(mark))
        finally:
            connection.close()

    def _written(self, mark: Mark) -> bool | BaseException:
        """Whether the lease was held, or what went wrong, for the run to raise."""
        try:
            if self._runner is None:
                self._runner = _preparing_runner()
            return self._write(mark, self._runner)
        except BaseException as error:  # noqa: BLE001 - the run raises it
            return error


def _tell(mark: Mark, *, is_held: bool) -> None:
    """Another worker took the message over while the server was slow: it may come twice."""
    if not is_held:
        logger.warning("message %s: sent after its lease was lost", mark.message.pk)
