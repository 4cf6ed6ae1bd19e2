"""What the ledger refuses: a stop that cannot be, an extension to an earlier date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext

from notifications.clauses.instants import start_of_day
from notifications.clauses.sections import FIRST_YEAR, LAST_YEAR
from notifications.emails.words import bare_date
from notifications.errors import RuleBrokenError
from notifications.lifecycle import UNFINISHED
from notifications.models import Case, Deadline, Fact, Notification

# What the field ``clause`` of an extension names besides the clauses.
RESPOND_BY: Final = "respond_by"


def check_year(day: date, *, field: str, label: str) -> None:
    """Raise RuleBrokenError for a year in which no date of the register can lie."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        sentence = gettext("%(field)s: the year must lie between %(first)d and %(last)d.")
        said = {"field": label, "first": FIRST_YEAR, "last": LAST_YEAR}
        raise RuleBrokenError(sentence % said, field=field)


def check_span(on: date, until: date | None) -> None:
    """Refuse what ends before it began."""
    check_year(on, field="on", label=gettext("From"))
    if until is None:
        return
    check_year(until, field="until", label=gettext("Until"))
    if until < on:
        sentence = gettext("Until: it cannot end on %(until)s, before it began on %(on)s.")
        said = {"until": bare_date(until), "on": bare_date(on)}
        raise RuleBrokenError(sentence % said, field="until")


def check_stop(
    case: Case, deadline: Deadline | None, on: date, until: date | None, but: Fact | None
) -> None:
    """Refuse a stop that begins after the deadline, or overlaps another of the same clock."""
    check_span(on, until)
    if deadline is not None and deadline.status not in (*UNFINISHED, "lapsed"):
        raise RuleBrokenError(gettext("Clock: this clock is over; it can no longer be stopped."))
    whose = Q(pk=deadline.pk) if deadline else Q(case=case, status__in=(*UNFINISHED, "lapsed"))
    clocks = list(Deadline.objects.filter(whose).with_reasons())
    if not clocks:
        raise RuleBrokenError(gettext("Clock: no clock of this case runs or waits."))
    if all(_is_over(clock, on) for clock in clocks):
        sentence = gettext("From: the stop begins after the deadline, which was on %(due)s.")
        last = max(clock.version.due_on or on for clock in clocks)
        raise RuleBrokenError(sentence % {"due": bare_date(last)}, field="on")
    _refuse_overlap(case, deadline, on, until, but)


def _is_over(clock: Deadline, on: date) -> bool:
    """Whether the clock has run out when the stop begins, at 00:00 of its first day."""
    version = clock.version
    return version.due_at is not None and start_of_day(on, version.zone) >= version.due_at


def _refuse_overlap(
    case: Case, deadline: Deadline | None, on: date, until: date | None, but: Fact | None
) -> None:
    stops = Fact.objects.standing().filter(case=case, kind=Fact.Kind.STOP)
    if deadline is not None:
        stops = stops.filter(Q(deadline=None) | Q(deadline=deadline))
    for other in stops:
        if but is not None and other.pk == but.pk:
            continue
        begins_before = until is None or other.on < until
        if begins_before and (other.until is None or on < other.until):
            sentence = gettext("From: it overlaps another stop of this clock, from %(on)s.")
            raise RuleBrokenError(sentence % {"on": bare_date(other.on)}, field="on")


def check_about(fact: Fact) -> None:
    """Refuse what is said of no act, of no party, before the act was given, or twice."""
    act = fact.notification
    if act is None or act.case_id != fact.case_id:
        sentence = gettext("Notification: name the one of this case that it is about.")
        raise RuleBrokenError(sentence, field="notification")
    if fact.kind == Fact.Kind.INFORMED and fact.party is None:
        raise RuleBrokenError(gettext("Party: say which party was informed."), field="party")
    if fact.on < act.given_on:
        sentence = gettext("From: the notification was given on %(day)s, not before.")
        raise RuleBrokenError(sentence % {"day": bare_date(act.given_on)}, field="on")
    same = Fact.objects.standing().filter(notification=act, kind=fact.kind, party=fact.party)
    if any(other.pk != fact.supersedes_id for other in same):
        raise RuleBrokenError(gettext("This has been recorded already: correct that entry."))


def new_date(deadline: Deadline, to: date | None, days: int | None) -> date:
    """The date that an extension reaches: later than the present one.

    Raises RuleBrokenError naming ``until`` or ``days``.
    """
    present = deadline.version.due_on
    if deadline.status not in UNFINISHED:
        sentence = gettext("Clock: this time-limit is over; it can no longer be extended.")
        raise RuleBrokenError(sentence, field="clause")
    if present is None:
        sentence = gettext("Clock: this time-limit has no date yet, so it cannot be extended.")
        raise RuleBrokenError(sentence, field="clause")
    if days is not None and not 0 < days <= 36_500:
        sentence = gettext("Extended by days: a whole number from 1 to %(most)d must stand here.")
        raise RuleBrokenError(sentence % {"most": 36_500}, field="days")
    reached = to or present + timedelta(days=days or 0)
    check_year(reached, field="until" if to else "days", label=gettext("Extended until"))
    if reached <= present:
        sentence = gettext("Extended until: the day must come after the present date, %(due)s.")
        raise RuleBrokenError(sentence % {"due": bare_date(present)}, field="until")
    return reached


def extended_clocks(target: Notification, fields: Mapping[str, Any]) -> list[Deadline]:
    """The clocks of an act that an extension with these fields moves; none where it names none.

    ``fields``: ``clause`` (the id of a clause, or ``respond_by``), ``until_on`` or ``days``.

    Raises RuleBrokenError naming ``clause``, ``until_on`` or ``days``.
    """
    named = str(fields.get("clause") or "")
    if not named:
        return []
    whose = Q(origin=Deadline.Origin.RESPOND_BY)
    if named != RESPOND_BY:
        whose = Q(origin=Deadline.Origin.CLAUSE, clause__slug=named)
    found = list(target.deadlines.filter(whose).with_reasons().order_by("pk"))
    clocks = [clock for clock in found if clock.status in UNFINISHED]
    if not found:
        sentence = gettext("Time-limit extended: the notification has no such time-limit.")
        raise RuleBrokenError(sentence, field="clause")
    to, days = asked_for(fields)
    try:
        for clock in clocks or found[:1]:
            new_date(clock, to, days)
    except RuleBrokenError as refusal:
        name = "until_on" if refusal.field == "until" else refusal.field
        raise RuleBrokenError(refusal.sentence, field=name) from refusal
    return clocks


def asked_for(fields: Mapping[str, Any]) -> tuple[date | None, int | None]:
    """The new date of an extension, or the number of days by which it extends."""
    until_on, days = fields.get("until_on"), fields.get("days")
    return (
        date.fromisoformat(str(until_on)) if until_on else None,
        int(days) if days else None,
    )
