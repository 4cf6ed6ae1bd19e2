"""Clocks of a notification: opened at issue, moved when a fact arrives, voided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from notifications.clauses.compute import Result, compute
from notifications.clauses.explain import trace_step
from notifications.clauses.facts import Facts
from notifications.clauses.instants import end_of_day
from notifications.clauses.schema import Clause as Rule
from notifications.clauses.schema import parse_clause
from notifications.lifecycle import DEADLINE, follow
from notifications.models import (
    Alert,
    ClauseVersion,
    Deadline,
    DeadlineVersion,
    Notification,
    Party,
    User,
)
from notifications.services.alerts import Told, as_told, last_told, planned_stages, void_alerts


@dataclass(frozen=True)
class Cause:
    """Why clocks are computed: the fact in words, who recorded it, when (the domain's clock)."""

    words: str
    actor: User
    at: datetime


@dataclass
class Clocks:
    """What a computation inserted: rows for the event, alerts to be planned with the act's own."""

    versions: list[DeadlineVersion] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)


@dataclass(frozen=True)
class _Clock:
    deadline: Deadline
    result: Result
    clause_version: ClauseVersion | None
    before: DeadlineVersion | None = None


def open_clocks(
    notification: Notification,
    *,
    rules: Iterable[tuple[ClauseVersion, Rule]],
    facts: Facts,
    senders: Sequence[Party],
    addressees: Sequence[Party],
    members: Sequence[Party],
    cause: Cause,
) -> Clocks:
    """Insert every deadline that the act starts or will start, with its first version.

    Two queries, whatever the number of bearers; alerts are returned, not inserted.
    """
    clocks = []
    for version, rule in rules:
        if rule.yields == "not-permitted":
            continue
        owed_by = owed(rule)
        for bearer in _bearers(owed_by, notification, senders, addressees, members):
            result = compute(rule, _facts_for(facts, owed_by, bearer))
            deadline = _deadline(notification, owed_by, bearer, result.status)
            deadline.clause = version.clause
            clocks.append(_Clock(deadline, result, version))
    clocks.extend(_answers_asked_for(notification, addressees, members))
    Deadline.objects.bulk_create([clock.deadline for clock in clocks])
    return _store(clocks, cause=cause)


def owed(rule: Rule) -> str:
    """Who bears a clause's clock (clauses.md, duty; an effect falls on the notifier)."""
    if rule.duty is not None:
        return rule.duty.bearer
    return Deadline.OwedBy.NOTIFIER if rule.yields == "effect" else Deadline.OwedBy.PARTIES


def _bearers(
    owed_by: str,
    notification: Notification,
    senders: Sequence[Party],
    addressees: Sequence[Party],
    members: Sequence[Party],
) -> Sequence[Party | None]:
    if owed_by == Deadline.OwedBy.NOTIFIER:
        return senders
    if owed_by == Deadline.OwedBy.ADDRESSEE:
        return asked(notification.fields, addressees, members)
    if owed_by == Deadline.OwedBy.EACH_PARTY:
        return [party for party in members if party not in senders]
    return [None]


def asked(
    fields: dict[str, Any], addressees: Iterable[Party], members: Iterable[Party]
) -> list[Party]:
    """Whom an act binds: the accused alone where it names one, else every addressed party.

    A depositary that is no party to the treaty keeps the note, and owes no answer to it.
    """
    if against := fields.get("against", []):
        return [party for party in addressees if party.code in against]
    own = {party.pk for party in members}
    return [party for party in addressees if party.pk in own]


def _facts_for(facts: Facts, owed_by: str, bearer: Party | None) -> Facts:
    if owed_by != Deadline.OwedBy.ADDRESSEE or bearer is None:
        return facts
    return Facts(**{**facts.__dict__, "addressees": frozenset({bearer.code})})


def _deadline(
    notification: Notification, owed_by: str, bearer: Party | None, result: str
) -> Deadline:
    return Deadline(
        case=notification.case,
        notification=notification,
        origin=Deadline.Origin.CLAUSE,
        owed_by=owed_by,
        bearer=bearer,
        status="running" if result == "computed" else "awaiting",
    )


def _answers_asked_for(
    notification: Notification, addressees: Sequence[Party], members: Sequence[Party]
) -> list[_Clock]:
    """One clock a party of which the sender asks an answer by a day; it ends at 24:00 of it."""
    limit = notification.fields.get("respond_by")
    if not limit:
        return []
    result = limit_set(notification.given_on, date.fromisoformat(limit), notification.zone)
    clocks = []
    for party in asked(notification.fields, addressees, members):
        deadline = _deadline(notification, Deadline.OwedBy.ADDRESSEE, party, result.status)
        deadline.origin = Deadline.Origin.RESPOND_BY
        clocks.append(_Clock(deadline, result, None))
    return clocks


def limit_set(given_on: date, due_on: date, zone: str) -> Result:
    """The limit a sender sets for an answer, as a result with its trace: 24:00 of the day."""
    trace = (
        trace_step("given-note", None, given_on),
        trace_step("limit-set", given_on, due_on),
        trace_step("lapse", due_on, due_on, time="24:00", zone=zone),
    )
    return Result("computed", zone, due_on=due_on, due_at=end_of_day(due_on, zone), trace=trace)


def _store(clocks: list[_Clock], *, cause: Cause) -> Clocks:
    versions = [
        DeadlineVersion(
            deadline=clock.deadline,
            no=clock.before.no + 1 if clock.before else 1,
            clause_version=clock.clause_version,
            result=clock.result.status,
            awaiting=clock.result.awaiting,
            opens_on=clock.result.opens_on,
            opens_at=clock.result.opens_at,
            due_on=clock.result.due_on,
            due_at=clock.result.due_at,
            zone=clock.result.zone,
            trace=[step.as_data() for step in clock.result.trace],
            cause=cause.words,
            computed_at=cause.at,
            computed_by=cause.actor,
        )
        for clock in clocks
    ]
    DeadlineVersion.objects.bulk_create(versions)
    alerts = [
        alert
        for clock, version in zip(clocks, versions, strict=True)
        for alert in _alerts(clock.before, version, cause.at)
    ]
    return Clocks(versions, alerts)


def _alerts(
    before: DeadlineVersion | None, version: DeadlineVersion, now: datetime
) -> Iterable[Alert]:
    """None where only the way to the date has changed: those of the old version go on."""
    if before is not None and version.has_days_of(before):
        return ()
    return planned_stages(version, now=now, is_moved=_is_dated(before))


def _is_dated(version: DeadlineVersion | None) -> bool:
    return version is not None and version.due_on is not None


def move_clocks(notification: Notification, *, facts: Facts, cause: Cause) -> Clocks:
    """Compute the unfinished clocks of an act anew; only what changes gets a new version.

    Where the date moved, what was planned or waits under the old one is void, and the new one's
    alerts are returned, not inserted. Where only the way to it changed, the old alerts go on.
    """
    clocks = _changed_clocks(notification, facts)
    moved = [clock.deadline for clock in clocks if _is_moved(clock)]
    void_alerts(moved)
    _start(clocks)
    stored = _store(clocks, cause=cause)
    told = last_told(moved) if moved else {}
    stored.alerts = [alert for alert in stored.alerts if not _was_told(alert, told)]
    return stored


def _changed_clocks(notification: Notification, facts: Facts) -> list[_Clock]:
    unfinished = (
        Deadline.objects.unfinished()
        .filter(notification=notification, origin=Deadline.Origin.CLAUSE)
        .select_for_update(of=("self",))
        .with_reasons()
        .order_by("pk")
    )
    clocks = []
    for deadline in unfinished:
        version = deadline.version.clause_version
        if version is None:
            continue
        rule = parse_clause(version.rule)
        result = compute(rule, _facts_for(facts, deadline.owed_by, deadline.bearer))
        if _differs(result, deadline.version):
            clocks.append(_Clock(deadline, result, version, before=deadline.version))
    return clocks


def _is_moved(clock: _Clock) -> bool:
    """There was a day that people may know, and it is another one now."""
    before, result = clock.before, clock.result
    return (
        before is not None
        and before.due_on is not None
        and ((before.opens_on, before.due_on) != (result.opens_on, result.due_on))
    )


def _was_told(alert: Alert, told: dict[int, Told]) -> bool:
    """Where a day moved and moved back, nobody who heard it last is told of it once more."""
    version = alert.deadline_version
    return version is not None and told.get(version.deadline_id) == as_told(alert)


def _differs(result: Result, version: DeadlineVersion) -> bool:
    before = (version.result, version.opens_on, version.due_on, version.trace)
    trace = [step.as_data() for step in result.trace]
    return (result.status, result.opens_on, result.due_on, trace) != before


def _start(clocks: list[_Clock]) -> None:
    """Clocks that have their date now run; one statement for all."""
    for clock in clocks:
        verb = "move" if clock.deadline.status == "running" else "start"
        status = follow(DEADLINE, clock.deadline.status, verb)
        if clock.result.status == "computed" and status:
            clock.deadline.status = status
    running = [clock.deadline.pk for clock in clocks if clock.deadline.status == "running"]
    Deadline.objects.filter(pk__in=running, status="awaiting").update(status="running")
