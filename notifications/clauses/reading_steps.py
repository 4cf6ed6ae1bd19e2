"""Steps and starts of a clause read from a file; faults go into the section."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Final

from notifications.clauses import vocabulary as words
from notifications.clauses.documents import KeyPath
from notifications.clauses.origins import (
    CalendarDate,
    ClauseStart,
    CountOf,
    Every,
    FieldStart,
    Origin,
    Start,
    Yearly,
)
from notifications.clauses.periods import Period, parse_period
from notifications.clauses.sections import Fault, Section
from notifications.clauses.steps import Add, Begin, Next, Roll, Step, Subtract, Term, Until
from notifications.clauses.working_days import is_calendar

_FIELD = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")
_FRACTION = re.compile(r"[1-9][0-9]*/[1-9][0-9]*")


def parse_steps(section: Section, key: str) -> tuple[Step, ...] | None:
    """The steps under a key; None where it is absent."""
    if not section.has(key):
        return None
    steps = [
        _parse_step(item, (*section.at, key, index), section.faults)
        for index, item in enumerate(section.items(key))
    ]
    return tuple(step for step in steps if step is not None)


def parse_start(section: Section, key: str) -> Start:
    """From what a clock runs, or "" with a fault where nothing is said that can be read."""
    value = section.data.get(key)
    if not isinstance(value, Mapping):
        return section.choice(key, words.STARTS)
    part = section.section(key)
    if part is None or not value:
        section.fault("This key has no value.", key)
        return ""
    kind = next((name for name in _ORIGINS if name in value), "")
    if not kind:
        for name in value:
            section.fault(f'The key "{name}" is unknown.', key, name)
        return ""
    return _ORIGINS[kind](part) or ""


def calendar_date(text: str) -> CalendarDate | str:
    """The month and day of a text such as 12-31, or the sentence that says why it is none."""
    found = re.fullmatch(r"([0-9]{2})-([0-9]{2})", text)
    if found is None:
        return f'"{text}" is no month and day, such as "12-31".'
    month, day = int(found[1]), int(found[2])
    if (month, day) == (2, 29):
        return "29 February is not a date of every year."
    if not (1 <= month <= 12 and 1 <= day <= calendar.monthrange(2023, month)[1]):
        return f'"{text}" is no date of the calendar.'
    return month, day


def _parse_step(item: object, at: KeyPath, faults: list[Fault]) -> Step | None:
    if isinstance(item, dict) and "roll" in item:
        return _roll(Section(item, at, faults))
    if not isinstance(item, dict) or len(item) != 1:
        faults.append(Fault(at, "A step is one key with its value, such as {add: P6M}."))
        return None
    section = Section(item, at, faults)
    section.admit_keys(words.STEPS)
    (key,) = item
    return _STEPS[key](section) if key in _STEPS else None


def _add(section: Section) -> Step | None:
    period = parse_period(section, "add")
    return Add(period) if period else None


def _subtract(section: Section) -> Step | None:
    period = parse_period(section, "subtract")
    return Subtract(period) if period else None


def _next(section: Section) -> Step | None:
    unit = section.choice("next", ("day", "month"))
    return Next("day" if unit == "day" else "month") if unit else None


def _start(section: Section) -> Step | None:
    return Begin() if section.choice("start", ("month",)) else None


def _until(section: Section) -> Step | None:
    date = _date(section, "until")
    return Until(date) if date else None


def _after(section: Section) -> Step | None:
    date = _date(section, "after")
    return Until(date, is_strict=True) if date else None


def _date(section: Section, key: str) -> CalendarDate | None:
    text = section.text(key)
    if not text:
        return None
    found = calendar_date(text)
    if isinstance(found, str):
        section.fault(found, key)
        return None
    return found


def _term(section: Section) -> Step | None:
    part = section.section("term")
    if part is None:
        return None
    part.admit_keys(words.TERM_KEYS)
    part.require("from", "first", "every")
    of = part.choice("from", words.STARTS)
    first, every, notice = _lengths(part, "first", "every", "notice")
    return Term(of, first, every, notice) if of and first and every else None


def _roll(section: Section) -> Step | None:
    section.admit_keys(("roll", "calendar", "weekend"))
    section.choice("roll", ("forward",))
    name, weekend = section.text("calendar"), section.flag("weekend")
    if name and not is_calendar(name):
        sentence = f'"{name}" is no calendar of holidays, such as "FR" or "DE-BY".'
        section.fault(sentence, "calendar")
    if not section.has("calendar") and not weekend:
        section.fault("Say from what it rolls: a calendar, weekend: true, or both.", "roll")
    return Roll(name, weekend)


def _lengths(section: Section, *keys: str) -> list[Period | None]:
    return [parse_period(section, key, calendar_only=True) for key in keys]


def _clause(section: Section) -> Origin | None:
    section.admit_keys(("clause",))
    name = section.text("clause")
    return ClauseStart(name) if name else None


def _field(section: Section) -> Origin | None:
    section.admit_keys(("field",))
    name = section.text("field")
    if name and not _FIELD.fullmatch(name):
        section.fault(f'"{name}" is no name of a field, such as occurs_at.', "field")
    return FieldStart(name) if name else None


def _count_of(section: Section) -> Origin | None:
    section.admit_keys(words.COUNT_OF_KEYS)
    section.require("reaches")
    act = section.choice("count_of", words.ACTS)
    within = parse_period(section, "within")
    of = section.choice("of", words.STARTS)
    if section.has("within") != section.has("of"):
        missing, there = ("of", "within") if section.has("within") else ("within", "of")
        section.fault(f'With "{there}" goes "{missing}".', there)
    reaches = _reaches(section)
    return CountOf(act, reaches, within, of) if act and reaches else None


def _reaches(section: Section) -> int | str:
    value = section.data.get("reaches")
    if isinstance(value, int) and not isinstance(value, bool):
        is_few = 0 < value <= words.MOST_ACTS
        return value if is_few else _no_threshold(section)
    is_share = isinstance(value, str) and (value in words.SHARES or _is_fraction(value))
    if is_share:
        return str(value)
    return _no_threshold(section) if section.has("reaches") else 0


def _no_threshold(section: Section) -> int:
    known = ", ".join(words.SHARES)
    sentence = f"A number from 1 to {words.MOST_ACTS}, {known} or a fraction such as 2/3."
    section.fault(sentence, "reaches")
    return 0


def _is_fraction(text: str) -> bool:
    return bool(_FRACTION.fullmatch(text)) and Fraction(text) <= 1


def _yearly(section: Section) -> Origin | None:
    section.admit_keys(("yearly",))
    dates = []
    for index, text in enumerate(section.texts("yearly")):
        found = calendar_date(text)
        if isinstance(found, str):
            section.fault(found, "yearly", index)
        else:
            dates.append(found)
    if section.has("yearly") and section.data["yearly"] == []:
        section.fault("Name at least one date, such as 12-15.", "yearly")
    return Yearly(tuple(dates)) if dates else None


def _every(section: Section) -> Origin | None:
    section.admit_keys(("every", "from", "first"))
    section.require("from")
    of = section.choice("from", words.STARTS)
    every, first = _lengths(section, "every", "first")
    return Every(every, of, first or every) if every and of else None


_STEPS: Final[dict[str, Callable[[Section], Step | None]]] = {
    "add": _add,
    "subtract": _subtract,
    "next": _next,
    "start": _start,
    "until": _until,
    "after": _after,
    "term": _term,
}
_ORIGINS: Final[dict[str, Callable[[Section], Origin | None]]] = {
    "clause": _clause,
    "field": _field,
    "count_of": _count_of,
    "yearly": _yearly,
    "every": _every,
}
