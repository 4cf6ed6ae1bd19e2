"""Who was told what and when: the messages of a notice, by alert and party, never by person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Min, Q

from notifications import permissions
from notifications.models import (
    MISSION_ROLES,
    Alert,
    Message,
    Notification,
    Role,
    Treaty,
    User,
)


@dataclass(frozen=True)
class Told:
    """One alert as one party was told of it.

    ``people`` are how many of it; instants are None where nothing left. ``is_sent`` is False for a
    replayed case, whose mail was written and not sent.
    """

    alert: Alert
    party_id: int
    people: int
    sent: int
    failed: int
    first_at: datetime | None
    last_at: datetime | None


def sees_all(user: User, treaty: Treaty, today: date) -> bool:
    """Whether the person owes or keeps the proof for everybody: a depositary, an administrator."""
    return user.is_staff or bool(permissions.offices(user, treaty, today))


def told(acts: list[Notification], user: User, today: date) -> list[Told]:
    """What each party was told of the acts, in order; of a mission, what that mission was told."""
    if not acts:
        return []
    messages = Message.objects.filter(alert__notification__in=acts).exclude(state="void")
    messages = messages.filter(party__isnull=False)  # administrators are no party
    if not sees_all(user, acts[0].treaty, today):
        own = user.party_ids(today, *MISSION_ROLES, Role.DEPOSITARY_OFFICER)
        messages = messages.filter(party__in=own)
    counted = messages.values("alert", "party").annotate(
        people=Count("user", distinct=True),
        sent=Count("pk", filter=Q(state__in=("accepted", "sent"))),
        failed=Count("pk", filter=Q(state="failed")),
        first=Min("sent_at"),
        last=Max("sent_at"),
    )
    rows = list(counted.order_by("alert__due_at", "alert", "party"))
    alerts = Alert.objects.select_related(
        "deadline_version__deadline__clause", "deadline_version__clause_version", "notification"
    ).in_bulk({row["alert"] for row in rows})
    return [
        Told(
            alert=alerts[row["alert"]],
            party_id=row["party"],
            people=row["people"],
            sent=row["sent"],
            failed=row["failed"],
            first_at=row["first"],
            last_at=row["last"],
        )
        for row in rows
    ]
