"""Thresholds: the day on which enough acts that refer to one have come in."""

from __future__ import annotations

from datetime import date

from notifications.clauses.explain import TraceStep, trace_step
from notifications.clauses.facts import Facts, ReferringAct
from notifications.clauses.instants import day_of
from notifications.clauses.origins import CountOf


def threshold_reached(start: CountOf, facts: Facts, limit: TraceStep | None) -> TraceStep:
    """The act that was still missing, or what is awaited.

    ``limit`` is the fact from which the time runs within which such acts count. Each party counts
    once, by its first act; shares are of the parties on the day of the act referred to.
    """
    if limit is not None and limit.after is None:
        return limit
    last = None
    if limit is not None and limit.after is not None and start.within is not None:
        last = day_of(start.within.from_(limit.after, facts.zone), facts.zone)
    came = _came_in(start, facts, last)
    if start.is_share and not facts.parties:
        return trace_step("awaiting-count-of-share", None, None, act=start.act, count=len(came))
    needed = start.needed(len(facts.parties))
    said: dict[str, str | int] = {"act": start.act, "needed": needed}
    said |= {"limit": last.isoformat()} if last else {}
    if len(came) < needed:
        kind = "awaiting-count-of-within" if last else "awaiting-count-of"
        return TraceStep(kind, None, None, {**said, "count": len(came)})
    found = came[-1] if start.reaches == "last" else came[needed - 1]
    said |= {"party": found.by}
    return TraceStep(_kind_of(start, is_limited=last is not None), None, found.on, said)


def _kind_of(start: CountOf, *, is_limited: bool) -> str:
    """How the act is called that reached the number."""
    if start.reaches == "last":
        return "counted-last"
    if start.reaches == 1:
        return "counted-first"
    return "counted-within" if is_limited else "counted"


def _came_in(start: CountOf, facts: Facts, last: date | None) -> list[ReferringAct]:
    """One act a party, in the order in which they came in; of ``last`` the party's last one.

    After the day ``last``, where there is one, none counts any more.
    """
    of_kind = sorted(
        (act for act in facts.referring if act.act == start.act and (not last or act.on <= last)),
        key=lambda act: (act.on, act.by),
    )
    of_party: dict[str, ReferringAct] = {}
    for act in of_kind:
        if start.reaches == "last":
            of_party.pop(act.by, None)
        of_party.setdefault(act.by, act)
    if start.is_share and facts.parties:
        of_party = {by: act for by, act in of_party.items() if by in facts.parties}
    return list(of_party.values())
