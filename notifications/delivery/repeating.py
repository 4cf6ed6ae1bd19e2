"""What follows a lapse: told the day after, then weekly, until somebody has dealt with it."""

from __future__ import annotations

from collections.abc import Iterable
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
    weeks = max(1, (now - alert.due_at) // WEEK)
    while (due_at := weeks_after(alert.due_at, weeks, alert.deadline_version)) <= now:
        weeks += 1
    return Alert(
        case_id=alert.case_id,
        notification_id=alert.notification_id,
        deadline_version_id=alert.deadline_version_id,
        kind=alert.kind,
        stage=f"{_AFTER}{days_after(alert) + 7 * weeks}",
        audience=alert.audience,
        due_at=due_at,
    )


def weeks_after(first: datetime, weeks: int, version: DeadlineVersion | None) -> datetime:
    """So many weeks after an instant: the same time of day in the zone of a clock that has days."""
    if version is None or version.is_exact:
        return first + weeks * WEEK
    return (first.astimezone(ZoneInfo(version.zone)) + weeks * WEEK).astimezone(UTC)


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
