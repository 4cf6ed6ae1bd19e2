"""Where a date begins and ends on the clock of its zone; dates taken for instants and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

# The zone of most treaties, and the one in which instants are kept: nothing is to be looked up.
UTC_ZONE: Final = "UTC"

# A date in a zone, or an aware instant in UTC: what a clock starts from, and what it reaches.
Moment = date | datetime


def start_of_day(day: date, zone: str) -> datetime:
    """The first instant of the date in the zone (00:00, later where the clocks skip it), in UTC."""
    if zone == UTC_ZONE:
        return datetime.combine(day, time.min, tzinfo=UTC)
    tz = ZoneInfo(zone)
    midnight = datetime.combine(day, time.min, tzinfo=tz)
    instant = midnight.astimezone(UTC)
    if instant.astimezone(tz).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return instant
    return _end_of_gap(midnight)


def instant_on(day: date, clock: time, zone: str, *, is_later: bool = False) -> datetime:
    """The instant in UTC at which the clocks of the zone show ``clock`` on the date.

    Where they show it twice it is the first, or with ``is_later`` the second; where they skip it,
    the instant at which they go forward.
    """
    tz = ZoneInfo(zone)
    local = datetime.combine(day, clock, tzinfo=tz).replace(fold=int(is_later))
    instant = local.astimezone(UTC)
    if instant.astimezone(tz).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    return _end_of_gap(local.replace(fold=0))


def _end_of_gap(local: datetime) -> datetime:
    """The instant at which the clocks go forward over a local time that they never show.

    It lies between the readings of that time by the offset after and by the offset before.
    """
    low, high = local.replace(fold=1).astimezone(UTC), local.astimezone(UTC)
    offset = high.astimezone(local.tzinfo).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        if middle.astimezone(local.tzinfo).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high.replace(microsecond=0)


def end_of_day(day: date, zone: str) -> datetime:
    """24:00 of the date in the zone: the first instant of the next day, in UTC."""
    return start_of_day(day + timedelta(days=1), zone)


def is_instant(moment: Moment) -> bool:
    """Whether it is known to the minute, and not by its date alone."""
    return isinstance(moment, datetime)


def day_of(moment: Moment, zone: str) -> date:
    """The date in the zone: of an instant, the one that the calendar there shows at that time."""
    if isinstance(moment, datetime):
        return moment.astimezone(ZoneInfo(zone)).date()
    return moment


def instant_of(moment: Moment, zone: str) -> datetime:
    """The instant in UTC: of a date its beginning in the zone, the earliest it can be."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return start_of_day(moment, zone)


def clock_of(instant: datetime, zone: str) -> str:
    """The time of day in the zone, as in 10:00."""
    local = instant.astimezone(UTC if zone == UTC_ZONE else ZoneInfo(zone))
    return local.time().isoformat("minutes")
