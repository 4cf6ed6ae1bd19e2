"""ISO 8601 durations as treaties use them: years to minutes, in whole units, always forward."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from notifications.clauses.instants import Moment, day_of, instant_of, is_instant
from notifications.clauses.sections import Section

UNITS: Final = ("years", "months", "weeks", "days", "hours", "minutes")
PATTERN: Final = (
    r"P(?=[0-9]|T[0-9])(?:(?P<years>[0-9]{1,5})Y)?(?:(?P<months>[0-9]{1,5})M)?"
    r"(?:(?P<weeks>[0-9]{1,6})W)?(?:(?P<days>[0-9]{1,6})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,6})H)?(?:(?P<minutes>[0-9]{1,6})M)?)?"
)
# Every month has these days: on them nothing is clipped.
_SHORTEST_MONTH: Final = 28
_PERIOD = re.compile(PATTERN)
_EMPTY: Final = '"%s" is empty; "count: []" means the same day.'
_NO_PERIOD: Final = '"%s" is no ISO 8601 period, such as P6M, P150D or PT48H.'
# What people write that is no period here, and what is wrong with it.
_WRONG: Final = (
    (r"-P.*|P.*-\d.*", '"%s" is negative; a period counts forward.'),
    (r"P.*\d[.,]\d.*", '"%s" is a fraction; a period counts in whole units.'),
    (r"P.*T.*\dS", '"%s" counts seconds; a period counts in years to minutes.'),
    (r"PT?", _EMPTY),
)


@dataclass(frozen=True)
class Period:
    """A length of time. Years and months count in one addition, clipped to the month's end.

    Then weeks and days; then hours and minutes on the exact instant.
    """

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0
    hours: int = 0
    minutes: int = 0

    @property
    def iso(self) -> str:
        """The period in ISO 8601, as in P6M or PT48H."""
        letters = ((self.years, "Y"), (self.months, "M"), (self.weeks, "W"), (self.days, "D"))
        text = "P" + "".join(f"{number}{letter}" for number, letter in letters if number)
        clock = ((self.hours, "H"), (self.minutes, "M"))
        if self.has_hours:
            text += "T" + "".join(f"{number}{letter}" for number, letter in clock if number)
        return text

    @property
    def has_hours(self) -> bool:
        """Whether it counts on the exact instant."""
        return bool(self.hours or self.minutes)

    @property
    def most_days(self) -> int:
        """How many days its years to days can be."""
        return 366 * self.years + 31 * self.months + 7 * self.weeks + self.days

    @cached_property
    def units(self) -> dict[str, int]:
        """Its parts by their unit, the largest first, without those that are zero."""
        parts = (self.years, self.months, self.weeks, self.days, self.hours, self.minutes)
        return {unit: number for unit, number in zip(UNITS, parts, strict=True) if number}

    def from_(self, at: Moment, zone: str, *, back: bool = False) -> Moment:
        """The moment that lies this much after (or, ``back``, before) another.

        Raises OverflowError or ValueError where that leaves the calendar.
        """
        sign = -1 if back else 1
        if not self.has_hours:
            return self._from_day(day_of(at, zone), sign)
        if self.years or self.months or self.weeks or self.days:
            at = self._on_the_calendar(at, zone, sign)
        clock = timedelta(hours=self.hours, minutes=self.minutes)
        return instant_of(at, zone) + sign * clock

    def is_clipped(self, at: Moment, zone: str, *, back: bool = False) -> bool:
        """Whether the month reached is too short for the day of the month."""
        day = day_of(at, zone)
        if day.day <= _SHORTEST_MONTH:
            return False
        year, month = self._month_from(day, -1 if back else 1)
        return day.day > calendar.monthrange(year, month)[1]

    def _from_day(self, day: date, sign: int) -> date:
        if self.years or self.months:
            year, month = self._month_from(day, sign)
            number = day.day
            if number > _SHORTEST_MONTH:
                number = min(number, calendar.monthrange(year, month)[1])
            day = date(year, month, number)
        if self.weeks or self.days:
            day += sign * timedelta(weeks=self.weeks, days=self.days)
        return day

    def _on_the_calendar(self, at: Moment, zone: str, sign: int) -> Moment:
        """Its years to days, with the time of day that the clock there shows."""
        if not is_instant(at):
            return self._from_day(day_of(at, zone), sign)
        tz = ZoneInfo(zone)
        local = instant_of(at, zone).astimezone(tz)
        day = self._from_day(local.date(), sign)
        return datetime.combine(day, local.time(), tzinfo=tz).astimezone(UTC)

    def _month_from(self, day: date, sign: int) -> tuple[int, int]:
        months = day.year * 12 + day.month - 1 + sign * (self.years * 12 + self.months)
        return months // 12, months % 12 + 1


def period_of(text: str) -> Period:
    """The period of a text in ISO 8601. Raises ValueError where it is none."""
    found = _PERIOD.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return Period(**{unit: int(number) for unit, number in found.groupdict("0").items()})


def parse_period(section: Section, key: str, *, calendar_only: bool = False) -> Period | None:
    """The period under a key, or None with a fault where there is none.

    ``calendar_only``: in years to days, as a term or a window is measured.
    """
    text = section.text(key)
    if not text:
        return None
    sentence = _fault_of(text, calendar_only=calendar_only)
    if sentence:
        section.fault(sentence, key)
        return None
    return period_of(text)


def _fault_of(text: str, *, calendar_only: bool) -> str:
    found = _PERIOD.fullmatch(text)
    if found is None:
        wrong = (sentence for pattern, sentence in _WRONG if re.fullmatch(pattern, text))
        return next(wrong, _NO_PERIOD) % text
    if not any(int(number) for number in found.groupdict("0").values()):
        return _EMPTY % text
    if calendar_only and "T" in text:
        return f'"{text}" counts hours; years, months, weeks and days are meant here.'
    return ""
