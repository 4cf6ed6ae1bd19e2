"""What the ledger does to a date that was counted: stops, extensions, other dates, what lasts.

Each entry acts on the date as it stood on the day of the entry, so they are taken in order.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from notifications.clauses.explain import TraceStep, trace_step
from notifications.clauses.facts import Extension, Facts, Override, Stop
from notifications.clauses.schema import OpenWhile

Entry = Stop | Extension | Override


class Moved(NamedTuple):
    """A date after the ledger: the steps that moved it, and whether it is stopped or open now."""

    day: date
    steps: tuple[TraceStep, ...] = ()
    is_stopped: bool = False
    is_open: bool = False

    def to(self, day: date, *steps: TraceStep) -> Moved:
        """The same, one step further."""
        return self._replace(day=day, steps=(*self.steps, *steps))


def stopped(day: date, *, since: date, facts: Facts, is_end: bool) -> Moved:
    """The opening of a window, moved by the stops alone.

    ``since`` is the day from which the clock runs; ``is_end`` says that the date counts to its end,
    so that a stop on that very day still comes in time.
    """
    return _through(facts.stops, Moved(day), since=since, is_end=is_end)


def moved(day: date, *, since: date, facts: Facts, is_end: bool) -> Moved:
    """A last day, or the day of an effect, moved by everything in the ledger."""
    entries: tuple[Entry, ...] = (*facts.stops, *facts.extended_to, *facts.overridden_to)
    at = Moved(day)
    return _through(entries, at, since=since, is_end=is_end) if entries else at


def _through(entries: Iterable[Entry], at: Moved, *, since: date, is_end: bool) -> Moved:
    for entry in sorted(entries, key=lambda item: item.on):
        match entry:
            case Stop():
                at = _after_stop(entry, at, since=since, is_end=is_end)
            case Extension():
                at = _after_extension(entry, at)
            case Override():
                made = entry.on.isoformat()
                step = trace_step("overridden", at.day, entry.to, made=made, reason=entry.reason)
                at = at.to(entry.to, step)
    return at


def _after_stop(stop: Stop, at: Moved, *, since: date, is_end: bool) -> Moved:
    """The date moves by exactly the days on which the clock stood still."""
    begins = max(stop.on, since)
    if begins > at.day or (begins == at.day and not is_end):
        return at
    began = begins.isoformat()
    if stop.until is None:
        step = trace_step("stopped-still", at.day, at.day, **{"from": began}, reason=stop.reason)
        return at.to(at.day, step)._replace(is_stopped=True)
    days = (stop.until - begins).days
    if days <= 0:
        return at
    day = at.day + timedelta(days=days)
    span = {"from": began, "until": stop.until.isoformat()}
    return at.to(day, trace_step("stopped", at.day, day, days=days, **span, reason=stop.reason))


def _after_extension(extension: Extension, at: Moved) -> Moved:
    """Later by so many days, or on the new date; never earlier than the date that stood."""
    made, reason = extension.on.isoformat(), extension.reason
    if extension.days is not None:
        day = at.day + timedelta(days=extension.days)
        step = trace_step("extended-by", at.day, day, days=extension.days, made=made, reason=reason)
        return at.to(day, step)
    if extension.to <= at.day:
        return at
    return at.to(
        extension.to, trace_step("extended-to", at.day, extension.to, made=made, reason=reason)
    )


def held_open(at: Moved, rule: OpenWhile | None, facts: Facts) -> Moved:
    """No end while what the clause names lasts; when it is over, the later of the two dates."""
    if rule is None:
        return at
    for spell in sorted(facts.lasting, key=lambda item: item.on):
        tested = facts.given_on if rule.at == "notice" else at.day
        if spell.kind != rule.fact or spell.by not in {"", facts.sender}:
            continue
        if not spell.covers(tested):
            continue
        began = spell.on.isoformat()
        if spell.until is None:
            step = trace_step(f"open-{rule.fact}", at.day, None, **{"from": began})
            return at._replace(steps=(*at.steps, step), is_open=True)
        if spell.until > at.day:
            span = {"from": began, "until": spell.until.isoformat()}
            at = at.to(spell.until, trace_step(f"after-{rule.fact}", at.day, spell.until, **span))
    return at
