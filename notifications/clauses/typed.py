"""Dates and instants as a person types them, alone or as a span."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from notifications.clauses.instants import Moment
from notifications.clauses.sections import is_in_range

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT: Final = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[Tt ](?P<time>\d{2}:\d{2})(:\d{2})? ?"
    r"(?P<offset>Z|z|[-+]\d{2}:?\d{2})?",
    re.ASCII,
)


class NoMomentError(ValueError):
    """A text that is neither a date of the calendar nor an instant."""


class OutOfRangeError(ValueError):
    """A date of the calendar, but too far away to be counted from."""


def typed_moment(text: str, zone: str) -> Moment:
    """A date (2020-05-22), or the instant in UTC of a date with a time (2022-02-11T10:00Z).

    A time without an offset is read in the zone. Raises NoMomentError for every other text, and
    OutOfRangeError where the year is none that files may name.
    """
    found = _INSTANT.fullmatch(text.strip())
    if found is None:
        return typed_day(text)
    written = f"{found['day']}T{found['time']}{(found['offset'] or '').upper()}"
    try:
        at = datetime.fromisoformat(written)
    except ValueError as error:
        raise NoMomentError(text) from error
    _check_range(at.date())
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def typed_day(text: str) -> date:
    """A date alone. Raises as ``typed_moment``."""
    text = text.strip()
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise NoMomentError(text)
    _check_range(day)
    return day


def _check_range(day: date) -> None:
    if not is_in_range(day):
        raise OutOfRangeError(day.isoformat())
