"""Numbers of the register: ``TF.<seq>.<year>.<TREATY>.<act>``, gap-free in a series and year."""

from __future__ import annotations

from datetime import datetime

from notifications.models import Circulation, Counter, Notification, User
from notifications.services.calendar import day_in


def give_number(notification: Notification, *, actor: User, now: datetime) -> Circulation:
    """Insert the circulation under the next number of the year, read in the treaty's zone.

    The counter's row is locked until the transaction ends: no number is lost or given twice.
    """
    series = "TF" if notification.case.is_live else "TF-R"
    year = day_in(notification.zone, now).year
    Counter.objects.get_or_create(series=series, year=year)
    counter = Counter.objects.select_for_update().get(series=series, year=year)
    seq = counter.next
    Counter.objects.filter(pk=counter.pk).update(next=seq + 1)
    treaty = notification.treaty.slug.upper()
    return Circulation.objects.create(
        notification=notification,
        series=series,
        year=year,
        seq=seq,
        number=f"{series}.{seq}.{year}.{treaty}.{notification.act}",
        at=now,
        by=actor,
    )
