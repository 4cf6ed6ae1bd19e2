"""Marker: what the server accepted is written down while the next message is on its way."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple, Self

from django.db import DEFAULT_DB_ALIAS, connections

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
        self._due: Mark | None = None
        self._begun: Mark | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """What is due is still written, whatever ended the run."""
        try:
            self.settle()
        finally:
            own, self._pen = self._pen, None
            if own is not None:
                own.close()

    def mark(self, mark: Mark) -> None:
        """Have a mark written, once the one before it stands. Raises what went wrong with that.

        All messages of a digest have one mark; those that are carried name the carrier.
        """
        self.settle()
        self._due = mark
        if self._caller.in_atomic_block:
            self.settle()

    def begin(self) -> None:
        """Begin the mark that is due, if there is one: for when something else is waited for."""
        mark, self._due = self._due, None
        if mark is not None:
            _begin(self._hand, mark)
            self._begun = mark

    def settle(self) -> None:
        """Wait until all marks stand. Raises what went wrong with the last one."""
        self.begin()
        mark, self._begun = self._begun, None
        if mark is not None:
            _tell(mark, self._hand.finish())

    @property
    def _hand(self) -> Pen:
        """The pen, taken up with the first mark."""
        if self._pen is None:
            self._pen = CursorPen() if self._caller.in_atomic_block else self._make()
        return self._pen


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
    statement = _MARK.format(", ".join(["%s"] * len(keys)))
    own.begin(statement, [*sent, carrier.pk, carrier.pk, carrier.lease_by, *keys])


def _tell(mark: Mark, changed: int) -> None:
    """Another worker took a message over while the server was slow: it may come twice."""
    if changed != len(mark.messages):
        logger.warning("message %s: sent after its lease was lost", mark.message.pk)
