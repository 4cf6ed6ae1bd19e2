"""Working days of a country's public calendar, for acts to be done and never for effects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

import holidays

# How a calendar is written; whether it exists, the library of holidays knows.
CALENDAR: Final = "[A-Z][A-Z0-9]{1,4}(-.+)?"

# No calendar has this many days without work in a row.
_LONGEST = 40
_SATURDAY, _SUNDAY = 5, 6


@dataclass(frozen=True)
class IdleDay:
    """A day on which no act is to be done: the holiday's English name, empty for a weekend."""

    on: date
    holiday: str = ""


def is_calendar(name: str) -> bool:
    """Whether the name is an ISO 3166-1 alpha-2 code, or one of its parts, as in FR or DE-BY."""
    if not re.fullmatch(CALENDAR, name):
        return False
    try:
        _calendar(name)
    except NotImplementedError:
        return False
    return True


def idle_days(day: date, name: str, *, weekend: bool) -> Iterator[IdleDay]:
    """The days without work from this one on, until the first on which work is done."""
    for _number in range(_LONGEST):
        holiday = _holiday(day, name) if name else ""
        if not holiday and not (weekend and _is_weekend(day, name)):
            return
        yield IdleDay(day, holiday)
        day += timedelta(days=1)


def _holiday(day: date, name: str) -> str:
    return _calendar(name).get(day) or ""


def _is_weekend(day: date, name: str) -> bool:
    if name:
        return _calendar(name).is_weekend(day)
    return day.weekday() in {_SATURDAY, _SUNDAY}


@cache
def _calendar(name: str) -> holidays.HolidayBase:
    """Raises NotImplementedError where there is none."""
    country, _, part = name.partition("-")
    found = holidays.country_holidays(country, subdiv=part or None)
    if "en_US" in found.supported_languages:
        found = holidays.country_holidays(country, subdiv=part or None, language="en_US")
    return found
