"""From a clause and facts to a date, with the way there. Pure: the same input, the same result."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from notifications.clauses.explain import TraceStep, trace_step
from notifications.clauses.facts import Facts
from notifications.clauses.instants import end_of_day, start_of_day
from notifications.clauses.ledger import Moved, held_open, moved, stopped
from notifications.clauses.results import Result, Status
from notifications.clauses.schema import Clause
from notifications.clauses.starts import disputed_receipt, starting_fact
from notifications.clauses.steps import Add, Next, Step, Until

__all__ = ["Result", "TraceStep", "compute", "limit_set"]

EARLIER_THAN_CLAUSE: Final = "earlier-than-clause"
MISSING_STATEMENT: Final = "missing-statement"

# What comes when its day begins; everything else is over when its day ends.
BEGINNING: Final = ("effect", "right")


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
    doubt = disputed_receipt(start, facts)
    base = Result("computed", zone, flags=flags, trace=(start,))
    if doubt is not None and doubt.claimed_on is not None:
        claimed = doubt.claimed_on.isoformat()
        step = trace_step("receipt-disputed", start.after, start.after, claimed=claimed)
        base = replace(base, status="disputed", trace=(start, step))
    if clause.opens is not None and clause.closes is not None:
        return _window(base, clause, facts, start.after)
    counted, due_on = _count(clause.count or (), start.after)
    base = replace(base, trace=(*base.trace, *counted))
    if clause.yields == "effect":
        base, due_on = _named(base, clause, facts, due_on)
    return _ended(base, clause, facts, since=start.after, due_on=due_on)


def limit_set(given_on: date, due_on: date, zone: str, facts: Facts | None = None) -> Result:
    """The limit a sender sets for an answer, as a result with its trace: 24:00 of the day.

    Of ``facts`` the ledger of the clock counts.
    """
    trace = (
        trace_step("given-note", None, given_on),
        trace_step("limit-set", given_on, due_on),
    )
    base = Result("computed", zone, trace=trace)
    if facts is None:
        return _dated(base, "lapse", Moved(due_on))
    at = moved(due_on, since=given_on, facts=facts, is_end=True)
    return _dated(base, "lapse", at)


def _named(base: Result, clause: Clause, facts: Facts, lawful_on: date) -> tuple[Result, date]:
    """The date that the notice names, where it names one, held against the lawful date."""
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
    earliest_on = lawful_on if clause.minimum or is_earlier else None
    return replace(base, earliest_on=earliest_on, flags=flags, trace=trace), due_on


def _ended(base: Result, clause: Clause, facts: Facts, *, since: date, due_on: date) -> Result:
    """The date after the ledger, and what lasts on it."""
    is_end = clause.yields not in BEGINNING
    at = moved(due_on, since=since, facts=facts, is_end=is_end)
    at = held_open(at, clause.open_while, facts)
    base, at = _objected(base, facts, at)
    return _dated(base, clause.yields, at)


def _objected(base: Result, facts: Facts, at: Moved) -> tuple[Result, Moved]:
    """Disputed, where a party objects to the date that the depositary registered."""
    if not (facts.overridden_to and facts.objections):
        return base, at
    steps = [
        trace_step("objected", at.day, at.day, party=item.by, reason=item.reason)
        for item in facts.objections
    ]
    return replace(base, status="disputed"), at.to(at.day, *steps)


def _dated(base: Result, kind: str, at: Moved) -> Result:
    """The result on its date; the trace of a stopped or open clock ends with the reason."""
    trace = (*base.trace, *at.steps)
    if at.is_open:
        return replace(base, status="open", trace=trace)
    is_end = kind not in BEGINNING
    due_at = (end_of_day if is_end else start_of_day)(at.day, base.zone)
    dated = replace(base, due_on=at.day, due_at=due_at, trace=trace, status=_status(base, at))
    if at.is_stopped:
        return dated
    time = "24:00" if is_end else _clock(due_at, base.zone)
    return replace(
        dated, trace=(*trace, trace_step(kind, at.day, at.day, time=time, zone=base.zone))
    )


def _status(base: Result, at: Moved) -> Status:
    return "suspended" if at.is_stopped else base.status


def _window(base: Result, clause: Clause, facts: Facts, start: date) -> Result:
    opening, opens_on = _count(clause.opens or (), start)
    closing, closes_on = _count(clause.closes or (), start)
    first = stopped(opens_on, since=start, facts=facts, is_end=False)
    last = moved(closes_on, since=start, facts=facts, is_end=True)
    base, last = _objected(base, facts, last)
    opens_at = start_of_day(first.day, base.zone)
    clock = _clock(opens_at, base.zone)
    opened = trace_step("opens", first.day, first.day, time=clock, zone=base.zone)
    closed = trace_step("closes", last.day, last.day, time="24:00", zone=base.zone)
    end = () if last.is_stopped else (closed,)
    return replace(
        base,
        status=_status(base, last),
        opens_on=first.day,
        opens_at=opens_at,
        due_on=last.day,
        due_at=end_of_day(last.day, base.zone),
        trace=(*base.trace, *opening, *first.steps, opened, *closing, *last.steps, *end),
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
