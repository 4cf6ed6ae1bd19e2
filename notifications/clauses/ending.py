"""The end of a count: what the notice names, what the ledger does, and the instant reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from notifications.clauses.explain import TraceStep, trace_step
from notifications.clauses.facts import Facts
from notifications.clauses.instants import (
    Moment,
    clock_of,
    day_of,
    end_of_day,
    start_of_day,
)
from notifications.clauses.ledger import Moved
from notifications.clauses.results import Result, Status

EARLIER_THAN_CLAUSE: Final = "earlier-than-clause"

# What comes when its day begins; everything else is over when its day ends.
BEGINNING: Final = ("effect", "right")

# What moves a clock by whole days, and so leaves its time of day.
_BY_DAYS: Final = ("stopped", "extended-by")


class SoFar(NamedTuple):
    """What is said of a result before its date is reached."""

    zone: str
    trace: tuple[TraceStep, ...]
    status: Status = "computed"
    flags: tuple[str, ...] = ()
    earliest_on: date | None = None

    def told(self, *steps: TraceStep) -> SoFar:
        """The same, with these steps more."""
        return self._replace(trace=(*self.trace, *steps))

    def undated(
        self, status: Status, *steps: TraceStep, awaiting: str = "", lawful_on: date | None = None
    ) -> Result:
        """The result that has no date, and why."""
        return Result(
            status,
            self.zone,
            awaiting=awaiting,
            earliest_on=self.earliest_on,
            lawful_on=lawful_on,
            flags=self.flags,
            trace=(*self.trace, *steps),
        )


def named(so_far: SoFar, facts: Facts, lawful: Moment, *, minimum: bool) -> tuple[SoFar, Moment]:
    """The date that the notice names, where it names one, held against the lawful date."""
    named_on = facts.effective_on
    if named_on is None and not minimum:
        return so_far, lawful
    lawful_on = day_of(lawful, so_far.zone)
    if named_on is None or named_on == lawful_on:
        return (so_far._replace(earliest_on=lawful_on) if minimum else so_far), lawful
    if named_on < lawful_on:
        said = named_on.isoformat()
        step = trace_step("named-earlier", lawful_on, lawful_on, named=said)
        flags = (EARLIER_THAN_CLAUSE, *so_far.flags)
        return so_far.told(step)._replace(earliest_on=lawful_on, flags=flags), lawful
    if minimum:
        step = trace_step("named-later", lawful_on, named_on)
        return so_far.told(step)._replace(earliest_on=lawful_on), named_on
    step = trace_step("named-fixed", lawful_on, lawful_on, named=named_on.isoformat())
    return so_far.told(step), lawful


def objected(so_far: SoFar, facts: Facts, at: Moved) -> tuple[SoFar, Moved]:
    """Disputed, where a party objects to the date that the depositary registered."""
    if not (facts.overridden_to and facts.objections):
        return so_far, at
    steps = [
        trace_step("objected", at.day, at.day, party=item.by, reason=item.reason)
        for item in facts.objections
    ]
    return so_far._replace(status="disputed"), at.to(at.day, *steps)


def dated(
    so_far: SoFar,
    kind: str,
    at: Moved,
    *,
    counted: Moment | None = None,
    is_at_end: bool = False,
) -> Result:
    """The result on its date; the trace of a stopped or open clock ends with the reason.

    ``counted`` is the moment before the ledger: where it is an instant, the result is one too.
    """
    if at.is_open:
        return so_far.undated("open", *at.steps)
    zone, is_end = so_far.zone, kind not in BEGINNING or is_at_end
    exact = _exact(counted, at, zone)
    due_at = exact or (end_of_day if is_end else start_of_day)(at.day, zone)
    trace = (*so_far.trace, *at.steps)
    if not at.is_stopped:
        time = "24:00" if is_end and exact is None else clock_of(due_at, zone)
        trace = (*trace, trace_step(kind, at.day, exact or at.day, time=time, zone=zone))
    return Result(
        "suspended" if at.is_stopped else so_far.status,
        zone,
        due_on=at.day,
        due_at=due_at,
        earliest_on=so_far.earliest_on,
        is_exact=exact is not None,
        flags=so_far.flags,
        trace=trace,
    )


def _exact(counted: Moment | None, at: Moved, zone: str) -> datetime | None:
    """The instant, where hours were counted and the ledger moved it by whole days at most."""
    if not isinstance(counted, datetime):
        return None
    if any(step.kind not in _BY_DAYS and step.before != step.after for step in at.steps):
        return None
    return counted + timedelta(days=(at.day - day_of(counted, zone)).days)


def survived(base: Result, until: date | None) -> Result:
    """The effect with the date on which the obligations end that outlast it."""
    if until is None:
        return base
    step = trace_step("survives", base.moment, base.moment, until=until.isoformat())
    return replace(base, survives_on=until, trace=(*base.trace, step))
