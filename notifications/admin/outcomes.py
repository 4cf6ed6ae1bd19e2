"""What a rule comes to on an act, in words."""

from __future__ import annotations

from datetime import UTC, date
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, gettext_noop

from notifications.clauses.compute import MISSING_STATEMENT
from notifications.clauses.ending import EARLIER_THAN_CLAUSE
from notifications.clauses.results import Result
from notifications.emails.awaited import awaited
from notifications.emails.words import full_date

_FLAGS: Final = {
    EARLIER_THAN_CLAUSE: gettext_noop("The notice names an earlier day than the clause allows."),
    MISSING_STATEMENT: gettext_noop("The notice lacks what the clause asks it to hold."),
}


def outcome(result: Result) -> str:
    """The result: its date or dates, or why there is none."""
    if result.status == "not-permitted":
        return gettext("The treaty admits no such act.")
    if result.status in {"premature", "too-late"}:
        return _untimely(result)
    if result.status == "open":
        return gettext("No date: it stays open as long as the armed conflict lasts.")
    if result.due_on is None:
        fact = awaited(result.awaiting)
        return gettext("No date yet: it waits for %(fact)s.") % {"fact": fact}
    said = days(result.opens_on, result.due_on)
    return gettext("%(days)s; disputed") % {"days": said} if result.status == "disputed" else said


def besides(result: Result) -> list[str]:
    """What else follows: the instant, the earliest date, what outlasts it, what is flagged."""
    told = []
    if result.is_exact and result.due_at is not None:
        at = result.due_at.astimezone(ZoneInfo(result.zone))
        said = {"time": at.strftime("%H:%M"), "zone": result.zone}
        universal = {"universal": result.due_at.astimezone(UTC).strftime("%H:%M")}
        template = gettext("To the minute: %(time)s %(zone)s (%(universal)s UTC).")
        told.append(template % {**said, **universal})
    if result.earliest_on is not None and result.earliest_on != result.due_on:
        day = {"day": full_date(result.earliest_on)}
        told.append(gettext("The earliest date that the clause allows is %(day)s.") % day)
    if result.survives_on is not None:
        day = {"day": full_date(result.survives_on)}
        told.append(gettext("Obligations that outlast it end on %(day)s.") % day)
    return [*told, *(gettext(_FLAGS[flag]) for flag in result.flags if flag in _FLAGS)]


def days(opens_on: date | None, due_on: date | None) -> str:
    """A date, or the two ends of a window."""
    if due_on is None:
        return gettext("no date yet")
    if opens_on is None:
        return full_date(due_on)
    return gettext("from %(opens)s to %(closes)s") % {
        "opens": full_date(opens_on),
        "closes": full_date(due_on),
    }


def _untimely(result: Result) -> str:
    day = {"day": full_date(result.lawful_on) if result.lawful_on else ""}
    if result.status == "premature":
        return gettext("Premature: the first lawful day is %(day)s.") % day
    return gettext("Too late: the last lawful day was %(day)s.") % day
