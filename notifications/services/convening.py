"""A conference: the depositaries' own act, by one entitled person, numbered at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Deadline, Notification, Party, User
from notifications.services.calendar import day_in
from notifications.services.circumstances import circumstances
from notifications.services.fields import clean_fields
from notifications.services.filing import Filing, seal
from notifications.services.fulfilment import standing
from notifications.services.locking import lock

ACT = "conference"


@transaction.atomic
def convene_conference(
    *,
    notification: Notification,
    senders: Sequence[Party],
    held_on: date,
    text: str,
    actor: User,
    now: datetime,
    external_ref: str = "",
    fields: dict[str, Any] | None = None,
    is_dated: bool = False,
) -> Notification:
    """Convene a conference on a notification for a day, or record the day on which it was held.

    The duty is met on the day it is held, if that lies in its window; before the window the act is
    recorded and the duty runs on; after it, it is met late (domain.md). The same day twice is
    refused, so that a second click makes no second act.

    Raises NotPermittedError, or RuleBrokenError naming the field.
    """
    today = day_in(notification.zone, now)
    if not permissions.can_convene(actor, notification, today):
        raise NotPermittedError(
            gettext("Only an officer of a depositary can convene a conference.")
        )
    if notification.act != "withdrawal":
        raise RuleBrokenError(gettext("A conference is convened on a withdrawal."))
    lock(notification)
    _check(notification, senders, held_on)
    _check_office(notification, senders, actor, today)
    case = notification.case
    stated = {**(fields or {}), "held_on": held_on, "text": text}
    cleaned = clean_fields(ACT, stated, is_live=case.is_live)
    return seal(
        Filing(
            case=case,
            act=ACT,
            senders=tuple(senders),
            fields=cleaned,
            drafted_by=actor,
            approved_by=actor,
            at=now,
            is_dated=is_dated,
            refers_to=notification,
            external_ref=external_ref,
        ),
        circumstances(case, ACT, today, now=now),
    )


def _check_office(
    notification: Notification, senders: Sequence[Party], actor: User, today: date
) -> None:
    """An officer speaks for the depositary that the officer serves, not for another one."""
    if not notification.case.is_live:
        return
    own = permissions.offices(actor, notification.treaty, today)
    if not {party.pk for party in senders} <= set(own):
        raise NotPermittedError(gettext("You can convene for your own depositary alone."))


def _check(notification: Notification, senders: Sequence[Party], held_on: date) -> None:
    depositaries = set(Party.objects.depositary_of(notification.treaty))
    if not senders or not set(senders) <= depositaries:
        raise RuleBrokenError(gettext("A conference is convened by a depositary of the treaty."))
    if held_on < notification.given_on:
        sentence = gettext("Day of the conference: it lies before the day of the note.")
        raise RuleBrokenError(sentence, field="held_on")
    same = Notification.objects.filter(
        act=ACT, refers_to=notification, fields__held_on=held_on.isoformat()
    )
    if same.exists():
        sentence = gettext("A conference has been convened for this day already.")
        raise RuleBrokenError(sentence, field="held_on")


def conference_duties(notification: Notification) -> list[Deadline]:
    """The clocks of a notification that a conference can meet."""
    return [
        deadline
        for deadline in notification.deadlines.with_reasons().order_by("due_at", "pk")
        if (version := deadline.version.clause_version) is not None
        and (version.rule.get("duty") or {}).get("act") == ACT
    ]


def foretold(notification: Notification, held_on: date) -> list[tuple[Deadline, str]]:
    """How a conference on a day will stand to each duty: ``early``, ``met`` or ``late``."""
    unfinished = [d for d in conference_duties(notification) if d.status in ("running", "lapsed")]
    return [(deadline, standing(deadline, held_on, held_on)) for deadline in unfinished]
