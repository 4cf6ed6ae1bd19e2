"""Receipt: a notice is made only upon receipt (VCLT 78(b)); its date moves the clocks."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import formats
from django.utils.translation import gettext

from notifications import permissions
from notifications.clauses.explain import full_date
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.lifecycle import NOTIFICATION, follow
from notifications.models import Alert, Notification, Party, PartyName, Progress, Receipt, User
from notifications.queue import nudge
from notifications.register import Entry, append
from notifications.services.alerts import act_alert
from notifications.services.calendar import day_in
from notifications.services.deadlines import Cause, move_clocks
from notifications.services.facts import recorded_facts
from notifications.services.locking import lock


@transaction.atomic
def register_receipt(
    *, notification: Notification, party: Party, on: date, actor: User, now: datetime
) -> Receipt:
    """Record that a depositary (or, without one, the addressee) has the note since ``on``.

    ``on`` is a day in the treaty's zone, from the day of the note to today. Every clock that counts
    from receipt is computed anew.

    Raises NotPermittedError, or RuleBrokenError naming the field ``on``.
    """
    today = day_in(notification.zone, now)
    if not permissions.can_register_receipt(actor, notification, today, party):
        raise NotPermittedError(gettext("You cannot register the receipt of this notification."))
    progress = lock(notification)
    _check(notification, party, on, today)
    receipt = Receipt.objects.create(
        notification=notification, party=party, on=on, entered_at=now, entered_by=actor
    )
    _note_progress(progress, on)
    words = f"received by {PartyName.objects.of(party, 'en')} on {full_date(on)}"
    clocks = move_clocks(
        notification, facts=recorded_facts(notification), cause=Cause(words, actor, now)
    )
    received = act_alert(notification, Alert.Kind.RECEIVED, now=now, stage=party.code)
    Alert.objects.bulk_create([received, *clocks.alerts])
    append(Entry("receipt-registered", notification, now, actor, (receipt, *clocks.versions)))
    if notification.case.is_live:
        nudge("send_alerts")
    return receipt


def _check(notification: Notification, party: Party, on: date, today: date) -> None:
    if on > today:
        sentence = gettext("Received on: the day is still to come.")
        raise RuleBrokenError(sentence, field="on")
    if on < notification.given_on:
        sentence = gettext("Received on: the note was given on %(day)s, not before.")
        day = formats.date_format(notification.given_on, "j F Y")
        raise RuleBrokenError(sentence % {"day": day}, field="on")
    if Receipt.objects.filter(notification=notification, party=party).exists():
        raise RuleBrokenError(gettext("This receipt has been registered already."))


def _note_progress(progress: Progress, on: date) -> None:
    """The projection: received since the first recorded receipt."""
    status = follow(NOTIFICATION, progress.status, "receive") or "received"
    if progress.status == "issued":
        status = "received"
    progress.status = status
    progress.received_on = min(filter(None, (progress.received_on, on)))
    progress.save(update_fields=["status", "received_on"])
