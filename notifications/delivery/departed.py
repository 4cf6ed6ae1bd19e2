"""Departed: whose mandate has ended while a message to them waited."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db.models import Q

from notifications.delivery.audiences import Audiences
from notifications.delivery.rows import among
from notifications.models import Alert, Mandate, Message

# At any instant the day of some zone of the earth is at most so far from that of UTC.
_ZONES: Final = timedelta(hours=14)


def departed_among(messages: Collection[Message], *, now: datetime) -> set[int]:
    """Which of these are to people whose mandate has ended, by key, unless another one holds.

    That is one by which the alert concerns them on the day of ``now``. Their alerts' ``case`` must
    be joined. One query where all mandates hold on every day that it may be anywhere.
    """
    mandates = {m.mandate_id for m in messages if m.mandate_id is not None and m.alert.case.is_live}
    if not mandates:
        return set()
    first, last = ((now + span).astimezone(UTC).date() for span in (-_ZONES, _ZONES))
    ended = (
        Mandate.objects.filter(Q(to_on__lt=last) | Q(from_on__gt=first))
        .filter(among("pk", mandates))
        .in_bulk()
    )
    doubtful = {m.pk: m for m in messages if m.mandate_id in ended and m.alert.case.is_live}
    if not doubtful:
        return set()
    alerts = list(
        Alert.objects.filter(pk__in={m.alert_id for m in doubtful.values()}).select_related(
            "case__treaty",
            "notification",
            "failed_message__mandate",
            "deadline_version__deadline",
            "deadline_version__clause_version",
        )
    )
    audiences = Audiences(alerts, now=now)
    told = {alert.pk: {one.user_id for one in audiences.of(alert)} for alert in alerts}
    return {key for key, m in doubtful.items() if m.user_id not in told[m.alert_id]}
