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
