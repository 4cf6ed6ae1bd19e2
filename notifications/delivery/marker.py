"""Marker: what the server accepted is written down while the next message is on its way."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Final, NamedTuple, Self

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

from notifications.delivery.pen import CursorPen, Pen, pen
from notifications.models import Message, Rendering

logger = logging.getLogger(__name__)

_MARK: Final = (
    "UPDATE notifications_message SET state = 'accepted', headers = %s, rendering_id = %s, "
    "address = %s, sent_at = %s, "
    "carried_by_id = CASE WHEN id = %s THEN NULL ELSE CAST(%s AS bigint) END "
    "WHERE state = 'pending' AND lease_by = %s AND id IN ({})"
)


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

    @property
    def messages(self) -> tuple[Message, ...]:
        """All that it speaks of, the carrier first."""
        return self.message, *self.carried


class Marker:
    """Writes marks, each in a commit of its own, one at a time.

    A mark is begun while the server is at work on the next message, and stands before the one
    after it: so a killed worker can repeat two messages at most. Inside a transaction of the caller
    (a replay), whose rows another connection would not see, marks are written on its connection.
    A marked message stays open until its batch is recorded: what is frozen as ``sent`` must stand
    in the register.
    """

    def __init__(self, make: Callable[[], Pen] = pen) -> None:
        self._make = make
        self._caller = connections[DEFAULT_DB_ALIAS]  # not looked up anew for every mark
        self._pen: Pen | None = None
        self._due: list[Mark] = []
        self._begun: Mark | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """What is due is still written, whatever ended the run.

        What goes wrong with it is raised; where something else ended the run, logged.
        """
        faults = self._write_all()
        self._put_down()
        for fault in faults:
            logger.error("a mark could not be written: %s", fault, exc_info=fault)
        if faults and error is None:
            raise faults[0]

    def ready(self) -> None:
        """See to it that marks can be written, before a message is sent. Raises DatabaseError.

        Otherwise one message would be sent at every knock, and none be marked.
        """
        if not self._caller.in_atomic_block:
            self._hand.ready(_statement(1))

    def mark(self, mark: Mark) -> None:
        """Have a mark written, once the one before it stands. Raises what went wrong with that.

        All messages of a digest have one mark; those that are carried name the carrier.
        """
        try:
            self.settle()
        finally:
            self._due.append(mark)
        if self._caller.in_atomic_block:
            self.settle()

    def begin(self) -> bool:
        """Begin the mark that is due, if there is one: for when something else is waited for."""
        is_due = bool(self._due) and self._begun is None
        if is_due:
            mark = self._due.pop(0)
            try:
                _begin(self._hand, mark)
            except OSError as error:  # not to be taken for one of the mail server's line
                self._failed(mark)
                raise OperationalError(str(error)) from error
            except BaseException:
                self._failed(mark)
                raise
            self._begun = mark
        return is_due

    def settle(self) -> None:
        """Wait until all marks stand. Raises what went wrong with one of them."""
        while self._due or self._begun:
            self.begin()
            mark, self._begun = self._begun, None
            if mark is not None:
                self._finish(mark)

    def _finish(self, mark: Mark) -> None:
        try:
            changed = self._hand.finish()
        except BaseException:
            self._failed(mark)
            raise
        # Another worker took a message over while the server was slow: it may come twice.
        if changed != len(mark.messages):
            logger.warning("message %s: sent after its lease was lost", mark.message.pk)

    def _failed(self, mark: Mark) -> None:
        """It is due again, by another pen: the connection may be lost."""
        self._due.insert(0, mark)
        self._put_down()

    def _write_all(self) -> list[Exception]:
        """Try each mark that is left once more; what went wrong."""
        faults: list[Exception] = []
        for _left in range(len(self._due) + bool(self._begun)):
            try:
                self.settle()
            except Exception as fault:  # noqa: BLE001 - raised or logged by the caller
                faults.append(fault)
                del self._due[:1]
        return faults

    def _put_down(self) -> None:
        own, self._pen = self._pen, None
        if own is not None:
            with contextlib.suppress(Exception):
                own.close()

    @property
    def _hand(self) -> Pen:
        """The pen, taken up with the first mark."""
        if self._pen is None:
            self._pen = CursorPen() if self._caller.in_atomic_block else self._make()
        return self._pen


def _statement(messages: int) -> str:
    return _MARK.format(", ".join(["%s"] * messages))


def _begin(own: Pen, mark: Mark) -> None:
    """Hand over that the server has the mail, as it was sent."""
    carrier, messages = mark.message, mark.messages
    for message in messages:
        message.headers, message.rendering = mark.headers, mark.rendering
        message.address, message.sent_at = mark.address, mark.at
    for message in mark.carried:
        message.carried_by = carrier
    keys = [message.pk for message in messages]
    sent = (mark.headers, mark.rendering.pk, mark.address, mark.at)
    own.begin(_statement(len(keys)), [*sent, carrier.pk, carrier.pk, carrier.lease_by, *keys])
