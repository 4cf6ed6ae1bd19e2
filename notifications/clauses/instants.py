"""Where a date begins and ends on the clock of its zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def start_of_day(day: date, zone: str) -> datetime:
    """The first instant of the date in the zone (00:00, later where the clocks skip it), in UTC."""
    tz = ZoneInfo(zone)
    midnight = datetime.combine(day, time.min, tzinfo=tz)
    instant = midnight.astimezone(UTC)
    if instant.astimezone(tz).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return instant
    # Midnight falls into a gap: the day begins at the instant at which the clocks go forward,
    # which lies between the readings of midnight by the offset after and the offset before.
    low, high = midnight.replace(fold=1).astimezone(UTC), instant
    offset = high.astimezone(tz).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        if middle.astimezone(tz).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high.replace(microsecond=0)


def end_of_day(day: date, zone: str) -> datetime:
    """24:00 of the date in the zone: the first instant of the next day, in UTC."""
    return start_of_day(day + timedelta(days=1), zone)
