"""Planning: which stages of a deadline, and which acts, are told to whom and when (alerts.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from notifications.models import Alert, Deadline, DeadlineVersion, Notification, Response
from notifications.services.calendar import midnight

LADDER: Final = (90, 60, 30, 14, 7, 3, 1)  # days before the date

# Whom each kind of act concerns, besides the people a deadline of its own concerns.
OF_ACTS: Final = {
    Alert.Kind.ISSUED: "addressees+senders",
    Alert.Kind.RECEIVED: "senders+depositaries",
    Alert.Kind.CIRCULATED: "addressees+senders+depositaries",
    Alert.Kind.ACKNOWLEDGED: "senders",
    Alert.Kind.RESPONDED: "senders+depositaries",
    Alert.Kind.PARTICIPATION: "senders+parties+depositaries",
}


def act_alert(
    notification: Notification,
    kind: Alert.Kind,
    *,
    now: datetime,
    stage: str = "",
    response: Response | None = None,
) -> Alert:
    """One alert of an act, due at once; returned, not inserted."""
    return Alert(
        case=notification.case,
        notification=notification,
        response=response,
        kind=kind,
        stage=stage,
        audience=OF_ACTS[kind],
        due_at=now,
    )


def planned_stages(version: DeadlineVersion, *, now: datetime) -> Iterator[Alert]:
    """The stages of a version that are still to come at ``now``, each at 00:00 in its zone.

    A rung longer than the clock itself is dropped. Returned, not inserted.
    """
    if version.due_on is None or version.due_at is None or version.due_at < now:
        return
    for days in LADDER:
        at = midnight(version.due_on - timedelta(days=days), version.zone)
        if at > now:
            yield _stage(version, f"before-{days}", at)
    if version.opens_at is not None and version.opens_at > now:
        yield _stage(version, "opens", version.opens_at)
    yield _stage(version, "day", max(midnight(version.due_on, version.zone), now))


def lapse_stage(version: DeadlineVersion, *, now: datetime) -> Alert:
    """The day after: planned only once the deadline has lapsed."""
    return _stage(version, "after-1", max(version.due_at or now, now))


def _stage(version: DeadlineVersion, stage: str, at: datetime) -> Alert:
    deadline = version.deadline
    return Alert(
        case=deadline.case,
        notification=deadline.notification,
        deadline_version=version,
        kind=Alert.Kind.DEADLINE,
        stage=stage,
        audience=_audience(version, has_lapsed=stage.startswith("after-")),
        due_at=at,
    )


def _audience(version: DeadlineVersion, *, has_lapsed: bool) -> str:
    """Before the day who must act; an effect concerns every party; a lapse who waited for it."""
    deadline = version.deadline
    if deadline.origin == Deadline.Origin.RESPOND_BY:
        return "bearer+senders" if has_lapsed else "bearer"
    if deadline.owed_by == Deadline.OwedBy.DEPOSITARIES:
        return "depositaries+parties" if has_lapsed else "depositaries"
    if version.clause_version is not None and version.clause_version.rule["yields"] == "duty":
        return "bearer+senders+depositaries" if has_lapsed else _bearing(deadline)
    return "bearer+parties+depositaries"


def _bearing(deadline: Deadline) -> str:
    return "parties" if deadline.owed_by == Deadline.OwedBy.PARTIES else "bearer"


def void_alerts(deadlines: Iterable[Deadline], *, except_stages: Iterable[str] = ()) -> int:
    """Void what is still planned, and what waits unsent, of these deadlines."""
    keys = [deadline.pk for deadline in deadlines]
    if not keys:
        return 0
    planned = Alert.objects.filter(
        ~Q(stage__in=list(except_stages)), deadline_version__deadline__in=keys
    )
    return planned.planned().update(state=Alert.State.VOID)
