"""From a clause and facts to a date, with the way there. Pure: the same input, the same result."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Final, NamedTuple

from notifications.clauses.admitting import admission
from notifications.clauses.ending import (
    BEGINNING,
    SoFar,
    dated,
    named,
    objected,
    survived,
)
from notifications.clauses.explain import TraceStep, trace_step
from notifications.clauses.facts import Facts
from notifications.clauses.instants import (
    Moment,
    day_of,
    end_of_day,
    instant_of,
    is_instant,
)
from notifications.clauses.ledger import Moved, held_open, moved, stopped
from notifications.clauses.origins import Start
from notifications.clauses.results import Result
from notifications.clauses.schema import Clause, Steps
from notifications.clauses.starts import disputed_receipt, starting_fact
from notifications.clauses.steps import Add, Around, Subtract, run

__all__ = ["BEGINNING", "Result", "TraceStep", "compute", "limit_set"]

MISSING_STATEMENT: Final = "missing-statement"

# What is missing where not enough acts have come in.
COUNT_OF: Final = "count_of"

# The steps that can count in hours.
_PERIODICAL: Final = (Add, Subtract)


class _Way(NamedTuple):
    """One way counted: its starting fact, its steps, the moment reached or what is missing."""

    start: TraceStep
    trace: tuple[TraceStep, ...]
    at: Moment | None
    awaiting: str = ""


def compute(clause: Clause, facts: Facts) -> Result:
    """Count a clause from the facts of one act.

    Raises OverflowError or ValueError where a fact or the named date lies near the year 9999.
    """
    zone = clause.zone or facts.zone
    flags = (MISSING_STATEMENT,) if clause.requires and not facts.has_reasons else ()
    if clause.yields == "not-permitted":
        return Result("not-permitted", zone, trace=(trace_step("not-permitted", None, None),))
    around = Around(zone, lambda name: starting_fact(name, clause, facts))
    is_window = clause.opens is not None and clause.closes is not None
    way = _opening(clause, facts) if is_window else _way(clause, facts, around)
    so_far = SoFar(zone, way.trace, flags=flags)
    if way.at is None or way.start.after is None:
        return so_far.undated("awaiting", awaiting=way.awaiting)
    so_far = _doubted(so_far, way, facts)
    since = day_of(way.start.after, zone)
    if clause.admissible is not None:
        own = _own_start(clause, facts) or way.start
        if own.after is None:
            return so_far.undated("awaiting", awaiting=_missing(own))
        test = admission(clause, facts, day_of(own.after, zone), around)
        if test.status != "admitted":
            missing = _missing(test.steps[-1]) if test.status == "awaiting" else ""
            return so_far._replace(trace=(way.start,)).undated(
                test.status, *test.steps, awaiting=missing, lawful_on=test.lawful_on
            )
        so_far = so_far._replace(trace=_beside(so_far, way.start, *test.steps))
    if is_window:
        return _window(so_far, clause, facts, way, around)
    return _ended(so_far, clause, facts, around, at=way.at, since=since)


def limit_set(given_on: date, due_on: date, zone: str, facts: Facts | None = None) -> Result:
    """The limit a sender sets for an answer, as a result with its trace: 24:00 of the day.

    Of ``facts`` the ledger of the clock counts.
    """
    trace = (
        trace_step("given-note", None, given_on),
        trace_step("limit-set", given_on, due_on),
    )
    so_far = SoFar(zone, trace)
    if facts is None:
        return dated(so_far, "lapse", Moved(due_on))
    at = moved(due_on, since=given_on, facts=facts, is_end=True)
    return dated(so_far, "lapse", at)


def _way(clause: Clause, facts: Facts, around: Around) -> _Way:
    """The one way to the date, or of several the one that counts."""
    if not clause.branches:
        return _counted(clause.starts, clause.count or (), clause, facts, around)
    ways = [_counted(way.starts, way.count, clause, facts, around) for way in clause.branches]
    known = [way for way in ways if way.at is not None]
    if not known or (clause.later_of and len(known) < len(ways)):
        return next(way for way in ways if way.at is None)
    choose, kind = (max, "later-of") if clause.later_of else (min, "earlier-of")
    is_end = clause.yields not in BEGINNING or clause.is_at_end
    chosen = choose(known, key=lambda way: _instant(way, around, is_end=is_end))
    if len(known) < len(ways):
        kind = "earlier-of-known"
    told: list[TraceStep] = []
    for number, way in enumerate(known, start=1):
        told += (*way.trace, _pause(way, around, number))
    told.append(trace_step(kind, known[-1].at, chosen.at, **_zone_of(chosen.at, around)))
    return _Way(chosen.start, tuple(told), chosen.at)


def _own_start(clause: Clause, facts: Facts) -> TraceStep | None:
    """The starting date of its own that a clause with several ways can have, to be tested."""
    if not clause.branches or not clause.starts:
        return None
    return starting_fact(clause.starts, clause, facts)


def _counted(start: Start, steps: Steps, clause: Clause, facts: Facts, around: Around) -> _Way:
    """One way: from its fact through its steps, as far as the facts lead."""
    fact = starting_fact(start, clause, facts, exact=_takes_hours(steps or _target(clause)))
    if fact.after is None:
        return _Way(fact, (fact,), None, _missing(fact))
    told, at = run(steps, fact.after, around)
    return _Way(fact, (fact, *told), at, _missing(told[-1]) if at is None else "")


def _takes_hours(steps: Steps) -> bool:
    """Whether the first step counts on the exact instant."""
    first = steps[0] if steps else None
    return isinstance(first, _PERIODICAL) and first.period.has_hours


def _target(clause: Clause) -> tuple[Add, ...]:
    """The step to the target of a clause that says "promptly"; none where there is none."""
    return (Add(clause.duty.soft),) if clause.duty and clause.duty.soft else ()


def _instant(way: _Way, around: Around, *, is_end: bool) -> datetime:
    """What a way came to, as the clause has it: a date counts with its beginning or its end."""
    at = way.at or date.max
    if is_end and not is_instant(at):
        return end_of_day(day_of(at, around.zone), around.zone)
    return instant_of(at, around.zone)


def _pause(way: _Way, around: Around, number: int) -> TraceStep:
    """What one of several ways came to, before the next is told."""
    return trace_step("branch", way.at, way.at, number=number, **_zone_of(way.at, around))


def _zone_of(at: Moment | None, around: Around) -> dict[str, str | int]:
    return {"zone": around.zone} if at is not None and is_instant(at) else {}


def _doubted(so_far: SoFar, way: _Way, facts: Facts) -> SoFar:
    """Disputed, where the other side states another day for the receipt that is counted from."""
    doubt = disputed_receipt(way.start, facts)
    if doubt is None or doubt.claimed_on is None or way.start.after is None:
        return so_far
    on, claimed = way.start.after, doubt.claimed_on.isoformat()
    step = trace_step("receipt-disputed", on, on, claimed=claimed)
    return so_far._replace(status="disputed", trace=_beside(so_far, way.start, step))


def _beside(so_far: SoFar, start: TraceStep, *steps: TraceStep) -> tuple[TraceStep, ...]:
    """The trace with what is said of a start right behind it."""
    place = so_far.trace.index(start) + 1
    return (*so_far.trace[:place], *steps, *so_far.trace[place:])


def _missing(step: TraceStep) -> str:
    """The fact that is missing, of the step that awaits it."""
    name = step.kind.removeprefix("awaiting-").replace("-", "_")
    return COUNT_OF if name.startswith(COUNT_OF) else name


def _ended(
    so_far: SoFar, clause: Clause, facts: Facts, around: Around, *, at: Moment, since: date
) -> Result:
    """The date after what the notice names and the ledger, and what lasts on it."""
    for target in _target(clause):
        *midnight, counted = target.take(at, around)
        so_far = so_far.told(*midnight, replace(counted, kind="soft"))
        at = counted.after or at
    if clause.yields == "effect":
        so_far, at = named(so_far, facts, at, minimum=clause.minimum)
    is_end = clause.yields not in BEGINNING or clause.is_at_end
    end = moved(day_of(at, around.zone), since=since, facts=facts, is_end=is_end)
    end = held_open(end, clause.open_while, facts)
    so_far, end = objected(so_far, facts, end)
    result = dated(so_far, clause.yields, end, counted=at, is_at_end=clause.is_at_end)
    if not clause.survives or result.due_on is None:
        return result
    _told, until = run(clause.survives, result.due_on, around)
    return survived(result, None if until is None else day_of(until, around.zone))


def _opening(clause: Clause, facts: Facts) -> _Way:
    """The way to the opening of a window, which starts from what its close starts from."""
    exact = _takes_hours(clause.opens or ()) or _takes_hours(clause.closes or ())
    fact = starting_fact(clause.starts, clause, facts, exact=exact)
    if fact.after is None:
        return _Way(fact, (fact,), None, _missing(fact))
    return _Way(fact, (fact,), fact.after)


def _window(so_far: SoFar, clause: Clause, facts: Facts, way: _Way, around: Around) -> Result:
    """From when to when: each end moved by the ledger."""
    at, zone = way.at or date.max, around.zone
    since = day_of(at, zone)
    opening, opens = run(clause.opens or (), at, around)
    closing, closes = run(clause.closes or (), at, around)
    if opens is None or closes is None:
        step = (closing if closes is None else opening)[-1]
        return so_far.undated("awaiting", step, awaiting=_missing(step))
    first = stopped(day_of(opens, zone), since=since, facts=facts, is_end=False)
    last = moved(day_of(closes, zone), since=since, facts=facts, is_end=True)
    so_far, last = objected(so_far, facts, last)
    began = dated(so_far, "right", first._replace(is_stopped=False), counted=opens)
    ended = dated(so_far, "lapse", last, counted=closes)
    opened = replace(began.trace[-1], kind="opens")
    end = () if last.is_stopped else (replace(ended.trace[-1], kind="closes"),)
    return replace(
        ended,
        opens_on=began.due_on,
        opens_at=began.due_at,
        trace=(*so_far.trace, *opening, *first.steps, opened, *closing, *last.steps, *end),
    )
