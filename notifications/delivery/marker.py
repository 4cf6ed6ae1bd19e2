"""Marker: what the server accepted is written down while the next message is on its way."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from queue import SimpleQueue
from typing import Final, Self

from django.db import connection
from django.db.backends.utils import CursorWrapper

from notifications.models import Message, Rendering
from notifications.register.records import message_digest

logger = logging.getLogger(__name__)

# One statement in a commit of its own, written out: composing it anew takes longer than it does.
_MARK: Final = (
    "UPDATE notifications_message SET state = 'accepted', headers = %s, rendering_id = %s, "
    "address = %s, sent_at = %s, digest = %s "
    "WHERE id = %s AND state = 'pending' AND lease_by = %s"
)


@dataclass(frozen=True)
class Mark:
    """That the server has a message, and how it was sent."""

    message: Message
    headers: str
    rendering: Rendering
    address: str
    at: datetime


def mark_accepted(mark: Mark, cursor: CursorWrapper) -> bool:
    """Write down that the server has the message, as it was sent; False where the lease is lost.

    A commit of its own, unless the caller's transaction encloses the run (a replay). The message
    stays open until its batch is recorded: what is frozen as ``sent`` must stand in the register.
    """
    message = mark.message
    message.headers, message.rendering = mark.headers, mark.rendering
    message.address, message.sent_at = mark.address, mark.at
    message.digest = message_digest(message) or ""
    cursor.execute(
        _MARK,
        (
            mark.headers,
            mark.rendering.pk,
            mark.address,
            connection.ops.adapt_datetimefield_value(mark.at),
            message.digest,
            message.pk,
            message.lease_by,
        ),
    )
    return bool(cursor.rowcount == 1)


class Marker:
    """Writes marks in a thread with a database connection of its own, one at a time.

    At most one mark is outstanding while the next message is on its way, so that a killed worker
    can repeat two messages at most. Inside a transaction of the caller, whose rows another
    connection would not see, marks are written at once on the caller's connection.
    """

    def __init__(self, write: Callable[[Mark, CursorWrapper], bool] = mark_accepted) -> None:
        self._write = write
        self._marks: SimpleQueue[Mark | None] = SimpleQueue()
        self._results: SimpleQueue[bool | BaseException] = SimpleQueue()
        self._outstanding: Mark | None = None
        self._thread: threading.Thread | None = None
        self._cursor: CursorWrapper | None = None  # the thread's

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
        if connection.in_atomic_block:
            with connection.cursor() as cursor:
                _tell(mark, is_held=self._write(mark, cursor))
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
            if self._cursor is None:
                self._cursor = connection.cursor()
            return self._write(mark, self._cursor)
        except BaseException as error:  # noqa: BLE001 - the run raises it
            return error


def _tell(mark: Mark, *, is_held: bool) -> None:
    """Another worker took the message over while the server was slow: it may come twice."""
    if not is_held:
        logger.warning("message %s: sent after its lease was lost", mark.message.pk)
