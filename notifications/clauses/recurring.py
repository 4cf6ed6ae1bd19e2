"""Recurring runs: fixed dates of every year, and periods that follow one another from a fact."""

from __future__ import annotations

from notifications.clauses.explain import TraceStep, trace_step
from notifications.clauses.facts import Facts
from notifications.clauses.instants import day_of
from notifications.clauses.origins import Every, Yearly
from notifications.clauses.steps import ends, next_calendar_date, series_said


def end_of_year_run(start: Yearly, facts: Facts) -> TraceStep:
    """The first of the dates on or after the day from which a run can end."""
    since = facts.run_from or facts.given_on
    day = min(next_calendar_date(wanted, since) for wanted in start.dates)
    return trace_step("run", None, day, since=since.isoformat())


def end_of_run(start: Every, facts: Facts, origin: TraceStep) -> TraceStep:
    """The first end of a run on or after that day, counted from a fact."""
    if origin.after is None:
        return origin
    since = facts.run_from or facts.given_on
    begins = day_of(origin.after, facts.zone)
    coming = ends(begins, start.first, start.every, near=since)
    day = next(end for end in coming if end >= since)
    return trace_step("run-of", None, day, **series_said(origin, begins, start.first, start.every))
