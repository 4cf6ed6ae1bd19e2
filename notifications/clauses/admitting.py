"""Whether an act comes at a time at which its clause admits it, and when it first would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, NamedTuple

from notifications.clauses.explain import TraceStep, trace_step
from notifications.clauses.facts import Facts
from notifications.clauses.instants import day_of
from notifications.clauses.messages import ORIGINS
from notifications.clauses.schema import Branch, Clause, Window
from notifications.clauses.starts import starting_fact
from notifications.clauses.steps import Add, Around, ends, run


@dataclass(frozen=True)
class Admission:
    """What the test says: ``awaiting`` is the step of the fact that is missing for it.

    ``lawful_on`` is the first day on which the act would be admitted, or was the last.
    """

    status: Literal["admitted", "premature", "too-late", "awaiting"] = "admitted"
    steps: tuple[TraceStep, ...] = ()
    lawful_on: date | None = None


def admission(clause: Clause, facts: Facts, on: date, around: Around) -> Admission:
    """Hold the date from which the clause counts against each of its conditions."""
    steps: tuple[TraceStep, ...] = ()
    for test in _tests(clause, facts, on, around):
        steps += test.steps
        if test.status != "admitted":
            return replace(test, steps=steps)
    return Admission(steps=steps)


def _tests(clause: Clause, facts: Facts, on: date, around: Around) -> Iterator[Admission]:
    rule = clause.admissible
    if rule and rule.not_before:
        yield _held(_limit(rule.not_before, clause, facts, around), on, "premature")
    if rule and rule.not_after:
        yield _held(_limit(rule.not_after, clause, facts, around), on, "too-late")
    if rule and rule.window:
        yield _within(rule.window, on, around)


class _Limit(NamedTuple):
    """The day that a condition names; without one, ``start`` is the step that is missing.

    ``said`` tells of a single period that was added to its start: how long, after what, when.
    """

    on: date | None
    start: TraceStep
    said: dict[str, str]


def _limit(branch: Branch, clause: Clause, facts: Facts, around: Around) -> _Limit:
    start = starting_fact(branch.starts, clause, facts)
    if start.after is None:
        return _Limit(None, start, {})
    steps, reached = run(branch.count, start.after, around)
    if reached is None:
        return _Limit(None, steps[-1], {})
    said: dict[str, str] = {}
    if len(branch.count) == 1 and isinstance(branch.count[0], Add) and start.kind in ORIGINS:
        since = day_of(start.after, around.zone).isoformat()
        said = {"length": branch.count[0].period.iso, "of": start.kind, "from": since}
    return _Limit(day_of(reached, around.zone), start, said)


def _held(limit: _Limit, on: date, refusal: Literal["premature", "too-late"]) -> Admission:
    """The day held against a limit, which itself is still a day on which the act is admitted."""
    if limit.on is None:
        return Admission("awaiting", (limit.start,))
    lawful = limit.on.isoformat()
    if on == limit.on or (on > limit.on) == (refusal == "premature"):
        kind = "not-before" if refusal == "premature" else "not-after"
        return Admission(steps=(trace_step(kind, on, on, lawful=lawful),))
    kind = f"{refusal}-after" if limit.said else refusal
    step = trace_step(kind, on, on, lawful=lawful, **limit.said)
    return Admission(refusal, (step,), limit.on)


def _within(window: Window, on: date, around: Around) -> Admission:
    """The first and the last day of a window count; between two windows it is too early."""
    start = around.fact(window.starts)
    if start.after is None:
        return Admission("awaiting", (start,))
    since = day_of(start.after, around.zone)
    near = day_of(window.length.from_(on, around.zone, back=True), around.zone)
    for opens in ends(since, window.first, window.every, near=near):
        closes = day_of(window.length.from_(opens, around.zone), around.zone)
        if closes < on:
            continue
        span = {"from": opens.isoformat(), "until": closes.isoformat()}
        if on < opens:
            return Admission("premature", (trace_step("premature-window", on, on, **span),), opens)
        return Admission(steps=(trace_step("within-window", on, on, **span),))
    return Admission()  # pragma: no cover - the windows end with the calendar alone
