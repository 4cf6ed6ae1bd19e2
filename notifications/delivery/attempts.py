"""Attempts: what an answer of a server, or a fault of our own, makes of a try at a message."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, NamedTuple

from django.utils.translation import gettext

from notifications import emails
from notifications.delivery.giveback import Attempt
from notifications.delivery.letters import Answer, LineDownError
from notifications.delivery.write import Contents
from notifications.models import Delivery, Message, Rendering

_OUTCOMES: Final = {
    "accepted": Delivery.Outcome.SENT,
    "deferred": Delivery.Outcome.DEFERRED,
    "refused": Delivery.Outcome.REFUSED,
}


class Ready(NamedTuple):
    """A message that can be handed over: its content, and its recipient as SMTP takes it."""

    message: Message
    content: Rendering
    recipient: str


def make_ready(
    messages: Iterable[Message], contents: Contents, *, at: datetime
) -> tuple[list[Ready], list[Attempt]]:
    """What can be handed over, and how the tries at all others ended at the instant ``at``."""
    ready, ended = [], []
    for message in messages:
        key = contents.key_of(message)
        content = contents.renderings.get(key)
        if content is None:
            reason = contents.faults[key]
            ended.append(Attempt(message, Delivery.Outcome.DEFERRED, reason, at, is_unsaid=True))
            continue
        try:
            recipient = emails.deliverable(message.user.email)
        except emails.UnusableAddressError as error:
            outcome = Delivery.Outcome.REFUSED
            ended.append(Attempt(message, outcome, str(error), at, is_of_address=True))
            continue
        ready.append(Ready(message, content, recipient))
    return ready, ended


class Mail(NamedTuple):
    """The bytes of a mail, and the header lines with which it begins."""

    headers: str
    content: bytes


class Composer:
    """Puts headers before contents; for the next message while the server is at work on one."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._ahead: tuple[Ready, Mail] | None = None

    def mail_of(self, one: Ready) -> Mail:
        """The mail of a message whose turn has come."""
        ahead, self._ahead = self._ahead, None
        return ahead[1] if ahead is not None and ahead[0] is one else self._compose(one)

    def go_ahead(self, following: Ready) -> None:
        """Compose the next one; what goes wrong with it is told when its turn has come."""
        with contextlib.suppress(Exception):
            self._ahead = self._ahead or (following, self._compose(following))

    def _compose(self, one: Ready) -> Mail:
        headers = emails.headers_of(
            one.message, one.content.language, address=one.recipient, at=self._clock()
        )
        return Mail(headers, headers.encode("ascii") + one.content.mime)


def attempt_of(message: Message, answer: Answer, at: datetime) -> Attempt:
    """How a try ended by what the server answered at the instant ``at``."""
    outcome = _OUTCOMES[answer.outcome]
    is_of_address = outcome == Delivery.Outcome.REFUSED and not answer.is_our_fault
    return Attempt(message, outcome, answer.reply, at, is_of_address=is_of_address)


def line_down(messages: Iterable[Message], down: LineDownError, *, at: datetime) -> list[Attempt]:
    """How the tries at these ended when no server could be reached."""
    outcome = Delivery.Outcome.DEFERRED
    return [Attempt(message, outcome, str(down), at, is_unsaid=True) for message in messages]


def own_address() -> str:
    """The sender; a fault of the configuration is no fault of a message."""
    try:
        return emails.own_address()
    except emails.UnusableAddressError as error:
        raise LineDownError(gettext("TREATYFLOW_FROM holds no e-mail address.")) from error
