"""What follows a lapse: told the day after, then weekly, until somebody has dealt with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from notifications.models import Alert, Deadline, DeadlineVersion, dealt_with

WEEK: Final = timedelta(days=7)
_AFTER: Final = "after-"


def days_after(alert: Alert) -> int:
    """How many days after the lapse a stage stands; 0 for one that stands before it."""
    days = alert.stage.removeprefix(_AFTER)
    return int(days) if alert.stage != days else 0


def next_weekly(alert: Alert, *, now: datetime) -> Alert:
    """The next weekly stage after ``now``; what an interruption has left out is left out."""
    version = alert.deadline_version
    begin, told = _begin(alert), (days_after(alert) - 1) // 7
    if begin is None:
        begin, told = alert.due_at, 0
    weeks = told + 1
    while (due_at := weeks_after(begin, weeks, version)) <= now:
        weeks += 1
    return Alert(
        case_id=alert.case_id,
        notification_id=alert.notification_id,
        deadline_version_id=alert.deadline_version_id,
        kind=alert.kind,
        stage=f"{_AFTER}{days_after(alert) + 7 * (weeks - told)}",
        audience=alert.audience,
        due_at=due_at,
    )


def _begin(alert: Alert) -> datetime | None:
    """From when its weeks count: not from the stage before, which a skipped hour may have moved."""
    version = alert.deadline_version
    first = first_after(version) if version else None
    if first is None:
        return None
    nominal = weeks_after(first, (days_after(alert) - 1) // 7, version)
    return first if abs(nominal - alert.due_at) < timedelta(days=1) else None


def first_after(version: DeadlineVersion) -> datetime | None:
    """The instant of the day after: 24:00 of the last day; of a clock in hours 24 hours later.

    What was over when it was computed is told from that instant on.
    """
    due_at = version.due_at
    if due_at is None or due_at <= version.computed_at:
        return version.computed_at if due_at else None
    return due_at + timedelta(days=1) if version.is_exact else due_at


def weeks_after(first: datetime, weeks: int, version: DeadlineVersion | None) -> datetime:
    """So many weeks after an instant: the same time of day in the zone of a clock that has days."""
    if version is None or version.is_exact:
        return first + weeks * WEEK
    return (first.astimezone(ZoneInfo(version.zone)) + weeks * WEEK).astimezone(UTC)


def is_dealt_with(alert: Alert, over: Collection[int]) -> bool:
    """Whether it says once more what is ``over``: one of ``over_among``. The first word is said."""
    version = alert.deadline_version
    return version is not None and days_after(alert) > 1 and version.deadline_id in over


def over_among(alerts: Iterable[Alert], *, now: datetime) -> set[int]:
    """The lapsed deadlines of these alerts that are dealt with, by key.

    One query, and none where no alert follows a lapse.
    """
    keys = {
        alert.deadline_version.deadline_id
        for alert in alerts
        if alert.deadline_version is not None and days_after(alert)
    }
    if not keys:
        return set()
    over = Deadline.objects.filter(dealt_with(now), pk__in=keys)
    return set(over.values_list("pk", flat=True))
