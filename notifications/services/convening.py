"""A conference: the depositaries' own act, by one entitled person, numbered at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from notifications.lifecycle import COUNTING
from notifications.models import Deadline, Draft, Notification, Party, User
from notifications.services.depositary_acts import file_depositary_act
from notifications.services.fulfilment import standing

ACT: Final = "conference"


def convene_conference(
    *,
    notification: Notification,
    senders: Sequence[Party],
    held_on: date,
    text: str,
    actor: User,
    now: datetime,
    external_ref: str = "",
    fields: Mapping[str, Any] | None = None,
    is_dated: bool = False,
) -> Notification | Draft:
    """Convene a conference on a notification for a day, or record the day on which it was held.

    The duty is met on the day it is held, if that lies in its window; before the window the act is
    recorded and the duty runs on; after it, it is met late (domain.md). The same day twice is
    refused, so that a second click makes no second act. Where both depositaries convene it, it is a
    draft that awaits the other's agreement.

    Raises NotPermittedError, or RuleBrokenError naming the field.
    """
    return file_depositary_act(
        act=ACT,
        treaty=notification.treaty,
        senders=senders,
        fields={**(fields or {}), "held_on": held_on, "text": text},
        actor=actor,
        now=now,
        refers_to=notification,
        external_ref=external_ref,
        is_dated=is_dated,
    )


def conference_duties(notification: Notification) -> list[Deadline]:
    """The clocks of a notification that a conference can meet."""
    return [
        deadline
        for deadline in notification.deadlines.with_reasons().order_by("due_at", "pk")
        if deadline.version.duty.get("act") == ACT
    ]


def foretold(notification: Notification, held_on: date) -> list[tuple[Deadline, str]]:
    """How a conference on a day will stand to each duty: ``early``, ``met`` or ``late``."""
    duties = conference_duties(notification)
    unfinished = [
        duty
        for duty in duties
        if duty.status in (*COUNTING, "lapsed") or (duty.status == "open" and duty.due_at)
    ]
    return [(deadline, standing(deadline, held_on, held_on)) for deadline in unfinished]
