"""Administrators: told in one mail a day of every message that reached nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from notifications.delivery.audiences import Recipient
from notifications.delivery.copies import Copy, copy_to_administrator
from notifications.delivery.digests import hour_from
from notifications.models import Alert, Preference, User


def for_administrators(
    alerts: Sequence[Alert], told: Mapping[int, Sequence[Recipient]], *, now: datetime
) -> Iterator[Copy]:
    """The administrators' copies of what could not be delivered, for the next of their digests.

    ``told`` are those who are told at once, by the key of the alert. Returned, not inserted. One
    query, and none where no alert tells of a failure; what a replay failed to send troubles nobody.
    """
    failures = [a for a in alerts if a.kind == Alert.Kind.UNDELIVERED and a.case.is_live]
    if not failures:
        return
    people = User.objects.filter(is_staff=True, is_active=True, is_system=False).order_by("pk")
    hours = {
        person: hour_from(now, Preference.Digest.DAILY, person.zone)
        for person in people.only("zone", "email")
    }
    for alert in failures:
        known = {one.user_id for one in told[alert.pk]}
        for person, hour in hours.items():
            if person.pk not in known:
                yield copy_to_administrator(person.pk, person.email, alert, at=hour)
