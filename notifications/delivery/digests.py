"""Digests: which alerts may be gathered into one mail, and at which hour that mail leaves."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from notifications.clauses.instants import instant_on
from notifications.models import Alert, Preference

# Days begin on quarters of an hour, wherever they begin: what falls due at eight has become
# messages by then, and stands in the digest of that day.
HOUR: Final = time(8, 5)
MONDAY: Final = 0
_DAY: Final = timedelta(days=1)

# What is gathered of an act. All else is a formal notice, or asks for something soon.
NEWS: Final = frozenset({Alert.Kind.ACKNOWLEDGED, Alert.Kind.RESPONDED, Alert.Kind.PARTICIPATION})
FIRST_AFTER: Final = "after-1"


def may_gather(alert: Alert) -> bool:
    """Whether the alert may wait for a digest.

    A formal notice, the day itself, the first word of a lapse, and that somebody could not be
    reached come at once; so does everything of a replay.
    """
    if not alert.case.is_live:
        return False
    if alert.kind != Alert.Kind.DEADLINE:
        return alert.kind in NEWS
    return alert.stage not in {"day", FIRST_AFTER}


def hour_from(at: datetime, digest: str, zone: str) -> datetime:
    """The hour of the first digest (``daily`` or ``weekly``) at the instant ``at`` or after it."""
    day = at.astimezone(ZoneInfo(zone)).date()
    while not _is_day_of(digest, day) or (hour := instant_on(day, HOUR, zone)) < at:
        day += _DAY
    return hour


def last_hour(now: datetime, digest: str, zone: str) -> datetime:
    """The hour of the newest digest that has come at the instant ``now``."""
    day = now.astimezone(ZoneInfo(zone)).date()
    while not _is_day_of(digest, day) or (hour := instant_on(day, HOUR, zone)) > now:
        day -= _DAY
    return hour


def _is_day_of(digest: str, day: date) -> bool:
    return digest != Preference.Digest.WEEKLY or day.weekday() == MONDAY
