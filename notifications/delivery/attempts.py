"""Attempts: what an answer of a server, or a fault of our own, makes of a try at a message."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils.translation import gettext

from notifications import emails
from notifications.delivery.giveback import Attempt
from notifications.delivery.send import Answer, LineDownError
from notifications.models import Delivery, Message

_OUTCOMES: Final = {
    "accepted": Delivery.Outcome.SENT,
    "deferred": Delivery.Outcome.DEFERRED,
    "refused": Delivery.Outcome.REFUSED,
}


def attempt_of(message: Message, answer: Answer, at: datetime) -> Attempt:
    """How a try ended by what the server answered at the instant ``at``."""
    outcome = _OUTCOMES[answer.outcome]
    is_of_address = outcome == Delivery.Outcome.REFUSED and not answer.is_our_fault
    return Attempt(message, outcome, answer.reply, at, is_of_address=is_of_address)


def own_address() -> str:
    """The sender; a fault of the configuration is no fault of a message."""
    try:
        return emails.own_address()
    except emails.UnusableAddressError as error:
        raise LineDownError(gettext("TREATYFLOW_FROM holds no e-mail address.")) from error
