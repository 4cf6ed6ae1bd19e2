"""Circulation: the depositary numbers the notification and sends it on to every party."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.lifecycle import NOTIFICATION, follow
from notifications.models import (
    Alert,
    Circulation,
    Notification,
    Party,
    Progress,
    Transmission,
    User,
    members_of,
)
from notifications.queue import nudge
from notifications.register import Entry, append
from notifications.services.alerts import act_alert
from notifications.services.calendar import day_in
from notifications.services.computing import cause_told
from notifications.services.facts import recorded_facts
from notifications.services.locking import lock
from notifications.services.moving import move_clocks
from notifications.services.numbering import give_number
from notifications.services.transmitting import transmissions_label, transmit


@transaction.atomic
def circulate_notification(
    *, notification: Notification, actor: User, now: datetime
) -> Circulation:
    """Number the notification and transmit it to every party but its sender.

    Either depositary's officer may; a restricted act goes to its addressees alone.

    Raises NotPermittedError, or RuleBrokenError where it was not received, or was circulated.
    """
    today = day_in(notification.zone, now)
    if not permissions.can_circulate(actor, notification, today):
        raise NotPermittedError(gettext("Only an officer of a depositary can circulate this."))
    progress = lock(notification)
    number = Circulation.objects.filter(notification=notification).first()
    if number is not None:
        sentence = gettext("It has been circulated already, as %(number)s.")
        raise RuleBrokenError(sentence % {"number": number.number})
    status = follow(NOTIFICATION, progress.status, "circulate")
    if status is None:
        raise RuleBrokenError(
            gettext("Register its receipt first: only then can it be circulated.")
        )
    circulation = give_number(notification, actor=actor, now=now)
    sent = transmit(
        notification,
        _recipients(notification, now),
        role=Transmission.Role.CIRCULATION,
        now=now,
    )
    Progress.objects.filter(pk=progress.pk).update(status=status, circulated_at=now)
    notification.refresh_from_db(fields=["circulation"])
    cause = cause_told("circulated", actor, now, number=circulation.number)
    clocks = move_clocks(notification, facts=recorded_facts(notification), cause=cause)
    circulated = act_alert(notification, Alert.Kind.CIRCULATED, now=now)
    Alert.objects.bulk_create([circulated, *clocks.alerts])
    label = transmissions_label(notification, Transmission.Role.CIRCULATION)
    rows = (circulation, *clocks.versions)
    entry = Entry("notification-circulated", notification, now, actor, rows)
    append(entry.covering({label: sent}))
    if notification.case.is_live:
        nudge("send_alerts")
    return circulation


def _recipients(notification: Notification, now: datetime) -> list[Party]:
    if notification.visibility == Notification.Visibility.RESTRICTED:
        return list(notification.addressees())
    senders = notification.sender_rows.values("party")
    members = members_of(notification.case, day_in(notification.zone, now))
    return list(members.exclude(pk__in=senders).order_by("code"))
