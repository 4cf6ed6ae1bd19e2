"""From a clause and facts to a date, with the way there. Pure: the same input, the same result."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from notifications.clauses.explain import TraceStep, trace_step
from notifications.clauses.facts import Facts
from notifications.clauses.instants import end_of_day, start_of_day
from notifications.clauses.schema import Clause
from notifications.clauses.starts import starting_fact
from notifications.clauses.steps import Add, Next, Step, Until

__all__ = ["Result", "TraceStep", "compute"]

EARLIER_THAN_CLAUSE = "earlier-than-clause"
MISSING_STATEMENT = "missing-statement"


@dataclass(frozen=True)
class Result:
    """What a clause yields for an act.

    Dates are read in ``zone``; ``opens_at`` and ``due_at`` are aware instants in UTC. An effect
    comes when ``due_on`` begins, a duty or a lapse when it ends. ``awaiting`` names the missing
    fact. ``earliest_on`` is the earliest lawful date, where the notice may or did name one.
    """

    status: Literal["computed", "awaiting", "not-permitted"]
    zone: str
    opens_on: date | None = None
    due_on: date | None = None
    opens_at: datetime | None = None
    due_at: datetime | None = None
    awaiting: str = ""
    earliest_on: date | None = None
    flags: tuple[str, ...] = ()
    trace: tuple[TraceStep, ...] = ()


def compute(clause: Clause, facts: Facts) -> Result:
    """Count a clause from the facts of one act.

    Raises OverflowError or ValueError where a fact or the named date lies near the year 9999.
    """
    zone = clause.zone or facts.zone
    flags = (MISSING_STATEMENT,) if clause.requires and not facts.has_reasons else ()
    if clause.yields == "not-permitted":
        return Result("not-permitted", zone, trace=(trace_step("not-permitted", None, None),))
    start = starting_fact(clause, facts)
    if start.after is None:
        return Result("awaiting", zone, awaiting=clause.starts, flags=flags, trace=(start,))
    base = Result("computed", zone, flags=flags, trace=(start,))
    if clause.opens is not None and clause.closes is not None:
        return _window(base, start.after, clause.opens, clause.closes)
    counted, due_on = _count(clause.count or (), start.after)
    base = replace(base, trace=(start, *counted))
    return (
        _effect(base, clause, facts, due_on)
        if clause.yields == "effect"
        else _limit(base, clause.yields, due_on)
    )


def _effect(base: Result, clause: Clause, facts: Facts, lawful_on: date) -> Result:
    due_on, named_on, trace = lawful_on, facts.effective_on, base.trace
    flags, is_earlier = base.flags, named_on is not None and named_on < lawful_on
    if named_on is not None and is_earlier:
        flags = (EARLIER_THAN_CLAUSE, *flags)
        step = trace_step("named-earlier", lawful_on, lawful_on, named=named_on.isoformat())
        trace = (*trace, step)
    elif named_on is not None and named_on > lawful_on and clause.minimum:
        due_on = named_on
        trace = (*trace, trace_step("named-later", lawful_on, named_on))
    elif named_on is not None and named_on > lawful_on:
        step = trace_step("named-fixed", lawful_on, lawful_on, named=named_on.isoformat())
        trace = (*trace, step)
    due_at = start_of_day(due_on, base.zone)
    result = trace_step("effect", due_on, due_on, time=_clock(due_at, base.zone), zone=base.zone)
    return replace(
        base,
        due_on=due_on,
        due_at=due_at,
        earliest_on=lawful_on if clause.minimum or is_earlier else None,
        flags=flags,
        trace=(*trace, result),
    )


def _limit(base: Result, kind: str, due_on: date) -> Result:
    return replace(
        base,
        due_on=due_on,
        due_at=end_of_day(due_on, base.zone),
        trace=(*base.trace, trace_step(kind, due_on, due_on, time="24:00", zone=base.zone)),
    )


def _window(base: Result, start: date, opens: tuple[Step, ...], closes: tuple[Step, ...]) -> Result:
    opening, opens_on = _count(opens, start)
    closing, closes_on = _count(closes, start)
    opens_at = start_of_day(opens_on, base.zone)
    clock = _clock(opens_at, base.zone)
    opened = trace_step("opens", opens_on, opens_on, time=clock, zone=base.zone)
    closed = trace_step("closes", closes_on, closes_on, time="24:00", zone=base.zone)
    return replace(
        base,
        opens_on=opens_on,
        opens_at=opens_at,
        due_on=closes_on,
        due_at=end_of_day(closes_on, base.zone),
        trace=(*base.trace, *opening, opened, *closing, closed),
    )


def _count(steps: tuple[Step, ...], day: date) -> tuple[list[TraceStep], date]:
    trace = []
    for step in steps:
        after = step.apply(day)
        trace.append(_told(step, day, after))
        day = after
    return trace, day


def _told(step: Step, before: date, after: date) -> TraceStep:
    match step:
        case Add():
            kind = "add-clipped" if step.is_clipped_from(before) else "add"
            units = {"years": step.years, "months": step.months, "weeks": step.weeks}
            params = {key: number for key, number in {**units, "days": step.days}.items() if number}
            return trace_step(kind, before, after, **params)
        case Next():
            return trace_step(f"next-{step.unit}", before, after)
        case Until():
            return trace_step("until", before, after, month=step.month, day=step.day)


def _clock(instant: datetime, zone: str) -> str:
    """The local time of the first instant of a date: 00:00, or later where the clocks skip it."""
    return instant.astimezone(ZoneInfo(zone)).strftime("%H:%M")
