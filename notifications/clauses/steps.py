"""The steps that count: each takes a moment and tells where it leads, and how.

A step without hours works on the date in its zone, one with hours on the exact instant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Literal, NamedTuple

from notifications.clauses.explain import TraceStep, trace_step
from notifications.clauses.instants import Moment, clock_of, day_of, instant_of, is_instant
from notifications.clauses.origins import CalendarDate, calendar_text
from notifications.clauses.periods import Period
from notifications.clauses.working_days import idle_days


class Around(NamedTuple):
    """What a step needs besides the moment: the zone, and the treaty's own facts by name."""

    zone: str
    fact: Callable[[str], TraceStep]


@dataclass(frozen=True)
class Add:
    """A period counted forward."""

    period: Period

    def take(self, at: Moment, around: Around) -> tuple[TraceStep, ...]:
        return _counted("add", self.period, at, around)

    def as_data(self) -> dict[str, object]:
        return {"add": self.period.iso}


@dataclass(frozen=True)
class Subtract:
    """A period counted back."""

    period: Period

    def take(self, at: Moment, around: Around) -> tuple[TraceStep, ...]:
        return _counted("subtract", self.period, at, around)

    def as_data(self) -> dict[str, object]:
        return {"subtract": self.period.iso}


def _counted(kind: str, period: Period, at: Moment, around: Around) -> tuple[TraceStep, ...]:
    zone, back = around.zone, kind == "subtract"
    told: tuple[TraceStep, ...] = ()
    if period.has_hours and not is_instant(at):
        begins = instant_of(at, zone)
        told = (trace_step("midnight", at, begins, time=clock_of(begins, zone), zone=zone),)
        at = at if len(period.units) > 1 else begins
    if period.is_clipped(at, zone, back=back):
        kind += "-clipped"
    after = period.from_(at, zone, back=back)
    params: dict[str, str | int] = {**period.units}
    if is_instant(after):
        params["zone"] = zone
    return (*told, TraceStep(kind, at, after, params))


@dataclass(frozen=True)
class Next:
    """The following day, or the first day of the following month."""

    unit: Literal["day", "month"]

    def take(self, at: Moment, around: Around) -> tuple[TraceStep, ...]:
        day = day_of(at, around.zone)
        if self.unit == "day":
            after = day + timedelta(days=1)
        else:
            after = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        return (trace_step(f"next-{self.unit}", day, after),)

    def as_data(self) -> dict[str, object]:
        return {"next": self.unit}


@dataclass(frozen=True)
class Begin:
    """The first day of the same month."""

    def take(self, at: Moment, around: Around) -> tuple[TraceStep, ...]:
        day = day_of(at, around.zone)
        return (trace_step("start-month", day, day.replace(day=1)),)

    def as_data(self) -> dict[str, object]:
        return {"start": "month"}


@dataclass(frozen=True)
class Until:
    """The first such calendar date on or after the day; ``is_strict``: strictly after."""

    date: CalendarDate
    is_strict: bool = False

    def take(self, at: Moment, around: Around) -> tuple[TraceStep, ...]:
        day = day_of(at, around.zone)
        from_day = day + timedelta(days=1) if self.is_strict else day
        after = next_calendar_date(self.date, from_day)
        month, number = self.date
        return (trace_step(self._kind, day, after, month=month, day=number),)

    def as_data(self) -> dict[str, object]:
        return {self._kind: calendar_text(self.date)}

    @property
    def _kind(self) -> str:
        return "after" if self.is_strict else "until"


def next_calendar_date(wanted: CalendarDate, day: date) -> date:
    """The first such date of a year on or after the day."""
    this_year = date(day.year, *wanted)
    return this_year if this_year >= day else date(day.year + 1, *wanted)


@dataclass(frozen=True)
class Term:
    """The first end of a term that leaves the notice: from a fact on, first and every so long."""

    of: str
    first: Period
    every: Period
    notice: Period | None = None

    def take(self, at: Moment, around: Around) -> tuple[TraceStep, ...]:
        day, zone = day_of(at, around.zone), around.zone
        origin = around.fact(self.of)
        if origin.after is None:
            return (origin,)
        since = day_of(origin.after, zone)
        coming = ends(since, self.first, self.every, near=day)
        end = next(end for end in coming if self._leaves(end, day))
        params = series_said(origin, since, self.first, self.every)
        if self.notice is None:
            return (trace_step("term", day, end, **params),)
        return (trace_step("term-notice", day, end, **params, notice=self.notice.iso),)

    def as_data(self) -> dict[str, object]:
        data = {"from": self.of, "first": self.first.iso, "every": self.every.iso}
        return {"term": {**data, **({"notice": self.notice.iso} if self.notice else {})}}

    def _leaves(self, end: date, day: date) -> bool:
        last = self.notice.from_(end, "UTC", back=True) if self.notice else end
        return last >= day


def series_said(origin: TraceStep, since: date, first: Period, every: Period) -> dict[str, str]:
    """What a step tells of a series: from which fact and day it runs, and in which lengths."""
    said = {"of": origin.kind, "from": since.isoformat()}
    return {**said, "first": first.iso, "every": every.iso}


def ends(since: date, first: Period, every: Period, *, near: date) -> Iterator[date]:
    """The ends of terms in order, each in one addition from the beginning.

    Those that lie long before the day ``near`` are left out, all others are there. Raises
    OverflowError or ValueError where they leave the calendar.
    """
    passed = (near - since).days - first.most_days
    for number in count(max(0, passed // every.most_days - 1)):
        reached = Period(
            years=first.years + number * every.years,
            months=first.months + number * every.months,
            weeks=first.weeks + number * every.weeks,
            days=first.days + number * every.days,
        )
        yield day_of(reached.from_(since, "UTC"), "UTC")


@dataclass(frozen=True)
class Roll:
    """To the next working day, for an act to be done."""

    calendar: str = ""
    weekend: bool = False

    def take(self, at: Moment, around: Around) -> tuple[TraceStep, ...]:
        day = day_of(at, around.zone)
        told = []
        for idle in idle_days(day, self.calendar, weekend=self.weekend):
            after = idle.on + timedelta(days=1)
            if idle.holiday:
                said = {"holiday": idle.holiday, "calendar": self.calendar}
                told.append(trace_step("roll-holiday", idle.on, after, **said))
            else:
                told.append(trace_step("roll-weekend", idle.on, after, weekday=idle.on.weekday()))
        return tuple(told)

    def as_data(self) -> dict[str, object]:
        data: dict[str, object] = {"roll": "forward"}
        if self.calendar:
            data["calendar"] = self.calendar
        return {**data, **({"weekend": True} if self.weekend else {})}


Step = Add | Subtract | Next | Begin | Until | Term | Roll


def run(
    steps: tuple[Step, ...], at: Moment, around: Around
) -> tuple[list[TraceStep], Moment | None]:
    """The way that the steps lead, and the moment they reach: None where a fact is missing.

    Raises OverflowError or ValueError where that leaves the calendar.
    """
    told: list[TraceStep] = []
    for step in steps:
        taken = step.take(at, around)
        told += taken
        if not taken:
            continue
        after = taken[-1].after
        if after is None:
            return told, None
        at = after
    return told, at
