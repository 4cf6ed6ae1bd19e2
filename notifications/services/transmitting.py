"""Transmissions: one row a party, by one INSERT … SELECT whatever their number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import DateTimeField, F, Value

from notifications.errors import ChangedMeanwhileError
from notifications.models import Notification, Party, Transmission
from notifications.register.chain import plain

_INSERT = "INSERT INTO notifications_transmission (party_id, notification_id, role, channel, at) "


def transmit(
    notification: Notification,
    parties: Sequence[Party],
    *,
    role: Transmission.Role,
    now: datetime,
) -> dict[str, object]:
    """Send the notification to the parties; what the event must say of it is returned.

    Raises ChangedMeanwhileError where a party disappeared between reading and sending.
    """
    channel = (
        Transmission.Channel.SYSTEM if notification.case.is_live else Transmission.Channel.NOTE
    )
    keys = [party.pk for party in parties]
    chosen = (
        Party.objects.filter(pk__in=keys)
        .order_by("pk")
        .values_list(
            F("pk"),
            Value(notification.pk),
            Value(role.value),
            Value(channel.value),
            Value(now, output_field=DateTimeField()),
        )
    )
    if keys:
        sql, parameters = chosen.query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(_INSERT + sql, parameters)
            if cursor.rowcount != len(keys):
                raise ChangedMeanwhileError("The parties of the treaty changed meanwhile.")
    return {"at": plain(now), "channel": channel.value, "parties": sorted(keys)}


def transmissions_label(notification: Notification, role: Transmission.Role) -> str:
    """The name under which an event covers the transmissions of an act."""
    return f"transmissions:{notification.pk}:{role.value}"
