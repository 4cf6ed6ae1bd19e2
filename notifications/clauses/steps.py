"""The steps that count: add a period, the next day or month, until a calendar date."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from notifications.clauses.documents import KeyPath
from notifications.clauses.sections import Fault, Section, not_counted_yet
from notifications.clauses.vocabulary import LATER_STEPS, STEPS

_PERIOD = re.compile(
    r"P(?:(?P<years>\d{1,5})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<weeks>\d{1,6})W)?(?:(?P<days>\d{1,6})D)?"
)
_HOURS = re.compile(r"P[0-9YMWD]*T(\d+[HMS])+")


@dataclass(frozen=True)
class Add:
    """A period: years and months in one addition, clipped to the month's end; then weeks, days."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0

    @property
    def duration(self) -> str:
        """The period in ISO 8601, as in P6M."""
        parts = ((self.years, "Y"), (self.months, "M"), (self.weeks, "W"), (self.days, "D"))
        return "P" + "".join(f"{number}{letter}" for number, letter in parts if number)

    def is_clipped_from(self, day: date) -> bool:
        """Whether the month reached is too short for this day of the month."""
        year, month = self._month_from(day)
        return day.day > calendar.monthrange(year, month)[1]

    def apply(self, day: date) -> date:
        year, month = self._month_from(day)
        last = calendar.monthrange(year, month)[1]
        moved = date(year, month, min(day.day, last))
        return moved + timedelta(weeks=self.weeks, days=self.days)

    def as_data(self) -> dict[str, str]:
        return {"add": self.duration}

    def _month_from(self, day: date) -> tuple[int, int]:
        months = day.year * 12 + day.month - 1 + self.years * 12 + self.months
        return months // 12, months % 12 + 1


@dataclass(frozen=True)
class Next:
    """The following day, or the first day of the following month."""

    unit: Literal["day", "month"]

    def apply(self, day: date) -> date:
        if self.unit == "day":
            return day + timedelta(days=1)
        return Add(months=1).apply(day.replace(day=1))

    def as_data(self) -> dict[str, str]:
        return {"next": self.unit}


@dataclass(frozen=True)
class Until:
    """The first such calendar date on or after the day."""

    month: int
    day: int

    def apply(self, day: date) -> date:
        this_year = date(day.year, self.month, self.day)
        return this_year if this_year >= day else date(day.year + 1, self.month, self.day)

    def as_data(self) -> dict[str, str]:
        return {"until": f"{self.month:02d}-{self.day:02d}"}


Step = Add | Next | Until


def run(steps: tuple[Step, ...], day: date) -> date:
    """The date that the steps reach. Raises OverflowError or ValueError past the year 9999."""
    for step in steps:
        day = step.apply(day)
    return day


def parse_steps(section: Section, key: str) -> tuple[Step, ...] | None:
    """The steps under a key; None where it is absent. Faults go into the section."""
    if not section.has(key):
        return None
    steps = [
        _parse_step(item, (*section.at, key, index), section.faults)
        for index, item in enumerate(section.items(key))
    ]
    return tuple(step for step in steps if step is not None)


def _parse_step(item: object, at: KeyPath, faults: list[Fault]) -> Step | None:
    if not isinstance(item, dict) or len(item) != 1:
        faults.append(Fault(at, "A step is one key with its value, such as {add: P6M}."))
        return None
    section = Section(item, at, faults)
    section.admit_keys(STEPS, LATER_STEPS)
    (key,) = item
    if key not in STEPS:
        return None
    text = section.text(key)
    if not text:
        return None
    parse = {"add": _parse_add, "next": _parse_next, "until": _parse_until}[key]
    return parse(section, text)


def _parse_add(section: Section, text: str) -> Step | None:
    if _HOURS.fullmatch(text):
        section.fault(
            not_counted_yet(text)[:-1] + ": only years, months, weeks and days are.", "add"
        )
        return None
    if re.fullmatch(r"-P.*|P.*-\d.*", text):
        section.fault(f'"{text}" is negative; a period counts forward.', "add")
        return None
    if re.fullmatch(r"P.*\d[.,]\d.*", text):
        section.fault(f'"{text}" is a fraction; a period counts in whole units.', "add")
        return None
    found = _PERIOD.fullmatch(text)
    if found is None:
        section.fault(f'"{text}" is no ISO 8601 period, such as P6M or P150D.', "add")
        return None
    numbers = {unit: int(number) for unit, number in found.groupdict("0").items()}
    if not any(numbers.values()):
        section.fault(f'"{text}" is empty; "count: []" means the same day.', "add")
        return None
    return Add(**numbers)


def _parse_next(section: Section, text: str) -> Step | None:
    if text == "day":
        return Next("day")
    if text == "month":
        return Next("month")
    section.fault(f'"{text}" is none of: day, month.', "next")
    return None


def _parse_until(section: Section, text: str) -> Step | None:
    found = re.fullmatch(r"(\d{2})-(\d{2})", text)
    if found is None:
        section.fault(f'"{text}" is no month and day, such as "12-31".', "until")
        return None
    month, day = int(found[1]), int(found[2])
    if (month, day) == (2, 29):
        section.fault("29 February is not a date of every year.", "until")
        return None
    if not (1 <= month <= 12 and 1 <= day <= calendar.monthrange(2023, month)[1]):
        section.fault(f'"{text}" is no date of the calendar.', "until")
        return None
    return Until(month, day)
