"""Receipt: a notice is made only upon receipt (VCLT 78(b)); its date moves the clocks.

A date once registered is never changed: a correction, and the date that the other side states, are
further rows. Clocks count from the depositary's.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.emails.words import bare_date
from notifications.errors import ChangedMeanwhileError, NotPermittedError, RuleBrokenError
from notifications.lifecycle import NOTIFICATION, follow
from notifications.models import (
    Alert,
    Circulation,
    Notification,
    Party,
    Progress,
    Receipt,
    User,
    counted,
)
from notifications.queue import nudge
from notifications.register import Entry, append
from notifications.services.alerts import act_alert
from notifications.services.calendar import day_in
from notifications.services.computing import Cause, Clocks, cause_told
from notifications.services.facts import recorded_facts
from notifications.services.fields import clean_text
from notifications.services.locking import lock
from notifications.services.moving import move_clocks, recounted
from notifications.services.participating import record_deposit


@transaction.atomic
def register_receipt(
    *,
    notification: Notification,
    party: Party,
    on: date,
    actor: User,
    now: datetime,
    at: datetime | None = None,
) -> Receipt:
    """Record that a depositary (or, without one, the addressee) has the note since ``on``.

    ``on`` is a day in the treaty's zone, from the day of the note to today; ``at`` is the instant
    on that day, where one is known. Every clock that counts from receipt is computed anew.

    Raises NotPermittedError, or RuleBrokenError naming the field ``on`` or ``at``.
    """
    today = day_in(notification.zone, now)
    if not permissions.can_register_receipt(actor, notification, today, party):
        raise NotPermittedError(gettext("You cannot register the receipt of this notification."))
    progress = lock(notification)
    _check_day(notification, on, today)
    _check_instant(notification, on, at, now)
    if Receipt.objects.filter(notification=notification, party=party).exists():
        raise RuleBrokenError(gettext("This receipt has been registered already."))
    receipt = Receipt.objects.create(
        notification=notification, party=party, on=on, at=at, entered_at=now, entered_by=actor
    )
    _note_receipt(progress, on)
    cause = cause_told("received", actor, now, party=party, on=on.isoformat())
    clocks = _move(notification, cause)
    received = act_alert(notification, Alert.Kind.RECEIVED, now=now, stage=party.code)
    # What comes after a clock was settled is told apart, each date once: nothing of it is undone.
    settled = {(row.deadline.clause_id, row.due_on): row for row in reversed(clocks.late)}
    late = [
        act_alert(notification, Alert.Kind.FACT, now=now, stage=f"version-{version.pk}")
        for version in settled.values()
    ]
    Alert.objects.bulk_create([received, *late, *clocks.alerts])
    _append("receipt-registered", receipt, clocks)
    return receipt


@transaction.atomic
def correct_receipt(
    *,
    receipt: Receipt,
    on: date,
    reason: str,
    actor: User,
    now: datetime,
    at: datetime | None = None,
) -> Receipt:
    """Correct the day of a receipt, or keep to it where the other side disputes it.

    A further row that supersedes the one that stands; what counts from it is computed anew. It
    settles a dispute. ``on`` is a day in the treaty's zone, ``at`` an instant on it.

    Raises NotPermittedError, ChangedMeanwhileError, or RuleBrokenError naming the field.
    """
    notification, party = receipt.notification, receipt.party
    today = day_in(notification.zone, now)
    if not permissions.can_correct_receipt(actor, receipt, today):
        raise NotPermittedError(gettext("You cannot correct the receipt of this notification."))
    progress = lock(notification)
    standing = _standing(notification, party)
    if standing is None or standing.pk != receipt.pk:
        raise ChangedMeanwhileError(gettext("Somebody changed this receipt meanwhile."))
    _check_day(notification, on, today)
    _check_instant(notification, on, at, now)
    _check_circulated(receipt, on)
    if on == standing.on and at == standing.at and not standing.disputed:
        sentence = gettext("Received on: this is the day that is registered already.")
        raise RuleBrokenError(sentence, field="on")
    row = _further(standing, on=on, at=at, reason=reason, actor=actor, now=now, disputed=False)
    cause = cause_told("receipt-corrected", actor, now, party=party, on=on.isoformat())
    clocks = _superseded(row, progress, cause)
    _append("receipt-corrected", row, clocks)
    return row


@transaction.atomic
def dispute_receipt(
    *, notification: Notification, party: Party, on: date, reason: str, actor: User, now: datetime
) -> Receipt:
    """Record the day on which, as its sender states, ``party`` received the note.

    Both days are kept and shown. Clocks go on counting from the one that was registered, and say
    that it is disputed.

    Raises NotPermittedError, or RuleBrokenError naming the field.
    """
    today = day_in(notification.zone, now)
    if not permissions.can_dispute_receipt(actor, notification, today):
        raise NotPermittedError(
            gettext("Only the party that gave the note can dispute the day of its receipt.")
        )
    progress = lock(notification)
    standing = _standing(notification, party)
    if standing is None:
        raise RuleBrokenError(gettext("No receipt is registered that could be disputed."))
    _check_day(notification, on, today)
    if on == standing.on:
        sentence = gettext("Received on: this is the day that stands already.")
        raise RuleBrokenError(sentence, field="on")
    row = _further(standing, on=on, at=None, reason=reason, actor=actor, now=now, disputed=True)
    cause = cause_told("receipt-disputed", actor, now, party=party, on=on.isoformat())
    clocks = _superseded(row, progress, cause)
    _append("receipt-disputed", row, clocks)
    return row


def _standing(notification: Notification, party: Party) -> Receipt | None:
    """The newest row on the receipt by a party."""
    rows = Receipt.objects.standing().filter(notification=notification, party=party)
    return rows.order_by("-pk").first()


def _further(standing: Receipt, *, reason: str, actor: User, now: datetime, **day: Any) -> Receipt:
    text = clean_text(reason, field="reason", label=gettext("Reason"))
    if not text:
        sentence = gettext("Reason: say why the day is another one.")
        raise RuleBrokenError(sentence, field="reason")
    return Receipt.objects.create(
        notification=standing.notification,
        party=standing.party,
        entered_at=now,
        entered_by=actor,
        reason=text,
        supersedes=standing,
        **day,
    )


def _superseded(row: Receipt, progress: Progress, cause: Cause) -> Clocks:
    """What a correction or a dispute moves, and whom it is told to."""
    notification = row.notification
    rows = counted(Receipt.objects.filter(notification=notification))
    progress.received_on = min(receipt.on for receipt, _claim in rows.values())
    progress.save(update_fields=["received_on"])
    clocks = _move(notification, cause)
    told = act_alert(notification, Alert.Kind.DISPUTED, now=cause.at, stage=str(row.pk))
    Alert.objects.bulk_create([told, *clocks.alerts])
    return clocks


def _move(notification: Notification, cause: Cause) -> Clocks:
    """The act's own clocks, and those that count how many such acts came in."""
    facts = recorded_facts(notification)
    moved = move_clocks(notification, facts=facts, cause=cause, with_settled=True)
    return moved + recounted(notification, cause=cause)


def _append(act: str, row: Receipt, clocks: Clocks) -> None:
    notification = row.notification
    body: dict[str, Any] = clocks.as_data()
    body |= record_deposit(notification, now=row.entered_at)
    rows = (row, *clocks.versions)
    append(Entry(act, notification, row.entered_at, row.entered_by, rows, body))
    if notification.case.is_live:
        nudge("send_alerts")


def _check_day(notification: Notification, on: date, today: date) -> None:
    if on > today:
        sentence = gettext("Received on: the day is still to come.")
        raise RuleBrokenError(sentence, field="on")
    if on < notification.given_on:
        sentence = gettext("Received on: the note was given on %(day)s, not before.")
        day = bare_date(notification.given_on)
        raise RuleBrokenError(sentence % {"day": day}, field="on")


def _check_instant(
    notification: Notification, on: date, at: datetime | None, now: datetime
) -> None:
    if at is None:
        return
    if at.tzinfo is None:
        sentence = gettext("Received at: the time needs its offset from UTC, such as +02:00.")
        raise RuleBrokenError(sentence, field="at")
    if at > now or day_in(notification.zone, at) != on:
        sentence = gettext("Received at: the instant must lie on the day of receipt, before now.")
        raise RuleBrokenError(sentence, field="at")


def _check_circulated(receipt: Receipt, on: date) -> None:
    """What was sent on had been received by then: by this depositary, or by another one."""
    notification = receipt.notification
    circulation = Circulation.objects.filter(notification=notification).first()
    if circulation is None or not notification.is_kept_by_depositaries():
        return
    sent_on = day_in(notification.zone, circulation.at)
    rows = counted(Receipt.objects.filter(notification=notification))
    others = (row.on for party, (row, _claim) in rows.items() if party != receipt.party_id)
    if min([on, *others]) > sent_on:
        sentence = gettext("Received on: it was circulated on %(day)s, so it had come in by then.")
        raise RuleBrokenError(sentence % {"day": bare_date(sent_on)}, field="on")


def _note_receipt(progress: Progress, on: date) -> None:
    """The projection: received since the first recorded receipt."""
    status = follow(NOTIFICATION, progress.status, "receive") or "received"
    if progress.status == "issued":
        status = "received"
    progress.status = status
    progress.received_on = min(filter(None, (progress.received_on, on)))
    progress.save(update_fields=["status", "received_on"])
