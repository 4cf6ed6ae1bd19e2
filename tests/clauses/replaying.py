"""A trace walked again by arithmetic of its own, to see whether it gives its result.

Nothing of the engine's counting is used here: months come from dateutil, days are looked for one
by one, and zones are read with zoneinfo.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Final
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from notifications.clauses.explain import TraceStep

Moment = date | datetime
CALENDAR: Final = ("years", "months", "weeks", "days")
# What says something of the date reached and leaves it where it is.
REMARKS: Final = frozenset(
    {
        "receipt-disputed",
        "not-before",
        "within-window",
        "named-earlier",
        "named-fixed",
        "stopped-still",
        "objected",
        "survives",
        "open-armed-conflict",
    }
)
# What replaces the date by another that somebody set.
SET_ANEW: Final = frozenset({"named-later", "extended-to", "overridden", "after-armed-conflict"})
RESULTS: Final = frozenset({"effect", "duty", "lapse", "right", "opens", "closes"})


def replay(trace: Iterable[TraceStep], zone: str) -> Moment | None:
    """Where a trace leads; asserts that every step begins where the one before it ended.

    After the opening of a window its start is taken up again, and after each of several ways the
    next one begins.
    """
    at: Moment | None = None
    start: Moment | None = None
    ways: list[Moment] = []
    for step in trace:
        if step.before is None:
            at = start = step.after
            continue
        assert same(step.before, at, zone), step
        at = _after(step, ways, zone)
        assert same(step.after, at, zone) or step.kind == "open-armed-conflict", step
        if step.kind == "branch":
            ways.append(step.before)
        if step.kind in {"branch", "opens"}:
            at = start if step.kind == "opens" else None
    return at


def same(one: Moment | None, other: Moment | None, zone: str) -> bool:
    """Whether two moments are one, or one is the date of the other; a new way begins from none."""
    if one is None or other is None or one == other:
        return True
    return isinstance(one, datetime) != isinstance(other, datetime) and (
        _day(one, zone) == _day(other, zone)
    )


def _after(step: TraceStep, ways: list[Moment], zone: str) -> Moment | None:
    before, params = step.before, step.params
    assert before is not None
    kind = step.kind.removesuffix("-clipped")
    if kind in RESULTS or kind in SET_ANEW:
        return step.after
    if kind in REMARKS or kind == "branch":
        return before
    if kind in {"later-of", "earlier-of", "earlier-of-known"}:
        return (max if kind == "later-of" else min)(ways, key=lambda way: _instant(way, zone))
    if kind == "midnight":
        return _instant(before, zone)
    if kind in {"add", "subtract"}:
        return _moved(before, params, 1 if kind == "add" else -1, zone)
    return _on_the_calendar(kind, _day(before, zone), params)


def _on_the_calendar(kind: str, day: date, params: dict[str, str | int]) -> date:
    match kind:
        case "next-day" | "roll-weekend" | "roll-holiday":
            return day + relativedelta(days=1)
        case "next-month":
            return day + relativedelta(months=1, day=1)
        case "start-month":
            return day + relativedelta(day=1)
        case "until" | "after":
            days = count(0 if kind == "until" else 1)
            wanted = (params["month"], params["day"])
            found = (day + timedelta(days=number) for number in days)
            return next(one for one in found if (one.month, one.day) == wanted)
        case "term" | "term-notice":
            return _end_of_term(day, params)
        case "stopped" | "extended-by":
            return day + timedelta(days=int(params["days"]))
    raise AssertionError(kind)


def _end_of_term(day: date, params: dict[str, str | int]) -> date:
    """Term by term from the first one on, each in one addition."""
    since = date.fromisoformat(str(params["from"]))
    first, every = _parts(str(params["first"])), _parts(str(params["every"]))
    notice = relativedelta(**_parts(str(params["notice"]))) if "notice" in params else None  # type: ignore[arg-type]
    for number in count():
        total = {unit: first[unit] + number * every[unit] for unit in CALENDAR}
        end = since + relativedelta(**total)  # type: ignore[arg-type]
        if (end - notice if notice else end) >= day:
            return end
    raise AssertionError


def _parts(period: str) -> dict[str, int]:
    """The numbers of a period of years to days."""
    numbers = dict.fromkeys(CALENDAR, 0)
    digits = ""
    for sign in period.removeprefix("P"):
        if sign.isdigit():
            digits += sign
        else:
            numbers[next(unit for unit in CALENDAR if unit.startswith(sign.lower()))] = int(digits)
            digits = ""
    return numbers


def _moved(before: Moment, params: dict[str, str | int], sign: int, zone: str) -> Moment:
    days = {unit: sign * int(params.get(unit, 0)) for unit in CALENDAR}
    hours = timedelta(hours=int(params.get("hours", 0)), minutes=int(params.get("minutes", 0)))
    if not hours:
        return _day(before, zone) + relativedelta(**days)  # type: ignore[arg-type]
    if any(days.values()):
        if isinstance(before, datetime):
            local = before.astimezone(ZoneInfo(zone))
            reached = local.replace(tzinfo=None) + relativedelta(**days)  # type: ignore[arg-type]
            before = reached.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)
        else:
            before = before + relativedelta(**days)  # type: ignore[arg-type]
    return _instant(before, zone) + sign * hours


def _day(moment: Moment, zone: str) -> date:
    if isinstance(moment, datetime):
        return moment.astimezone(ZoneInfo(zone)).date()
    return moment


def _instant(moment: Moment, zone: str) -> datetime:
    """The first instant at which clocks in the zone show the date, found second by second."""
    if isinstance(moment, datetime):
        return moment
    naive = datetime.combine(moment, time.min, tzinfo=ZoneInfo(zone))
    at = naive.astimezone(UTC)
    if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == naive.replace(tzinfo=None):
        return at
    # Midnight is skipped: go back to where the date before is still shown, and forward from there.
    while _day(at, zone) >= moment:
        at -= timedelta(minutes=1)
    while _day(at, zone) < moment:
        at += timedelta(seconds=1)
    return at
