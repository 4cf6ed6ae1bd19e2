"""Clocks of a notification: opened at issue, moved when a fact arrives, voided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from notifications.clauses.compute import Result, compute
from notifications.clauses.explain import trace_step
from notifications.clauses.facts import Facts
from notifications.clauses.schema import Clause as Rule
from notifications.clauses.schema import parse_clause
from notifications.lifecycle import DEADLINE, UNFINISHED, follow
from notifications.models import (
    Alert,
    ClauseVersion,
    Deadline,
    DeadlineVersion,
    Notification,
    Party,
    User,
)
from notifications.services.alerts import planned_stages, void_alerts
from notifications.services.calendar import end_of


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
    clocks.extend(_answers_asked_for(notification, addressees))
    Deadline.objects.bulk_create([clock.deadline for clock in clocks])
    return _store(clocks, number=lambda _deadline: 1, cause=cause)


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
        return asked(notification, addressees)
    if owed_by == Deadline.OwedBy.EACH_PARTY:
        return [party for party in members if party not in senders]
    return [None]


def asked(notification: Notification, addressees: Sequence[Party]) -> Sequence[Party]:
    """Whom an act binds: the accused alone where it names one, else every addressed party."""
    against = notification.fields.get("against", [])
    return [party for party in addressees if party.code in against] if against else addressees


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


def _answers_asked_for(notification: Notification, addressees: Sequence[Party]) -> list[_Clock]:
    """One clock a party of which the sender asks an answer by a day; it ends at 24:00 of it."""
    limit = notification.fields.get("respond_by")
    if not limit:
        return []
    result = limit_set(notification.given_on, date.fromisoformat(limit), notification.zone)
    clocks = []
    for party in asked(notification, addressees):
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
    return Result("computed", zone, due_on=due_on, due_at=end_of(due_on, zone), trace=trace)


def _store(clocks: list[_Clock], *, number: Callable[[Deadline], int], cause: Cause) -> Clocks:
    versions = [
        DeadlineVersion(
            deadline=clock.deadline,
            no=number(clock.deadline),
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
    alerts = [alert for version in versions for alert in planned_stages(version, now=cause.at)]
    return Clocks(versions, alerts)


def move_clocks(notification: Notification, *, facts: Facts, cause: Cause) -> Clocks:
    """Compute the unfinished clocks of an act anew; only what changes gets a new version.

    The alerts of the old version are void; the new ones are returned, not inserted.
    """
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
            clocks.append(_Clock(deadline, result, version))
    numbers = {clock.deadline.pk: clock.deadline.version.no + 1 for clock in clocks}
    void_alerts([clock.deadline for clock in clocks])
    for clock in clocks:
        _start(clock)
    moved = _store(clocks, number=lambda deadline: numbers[deadline.pk], cause=cause)
    told = _told_stages(list(numbers))
    moved.alerts = [alert for alert in moved.alerts if _stage_key(alert) not in told]
    return moved


def _told_stages(deadlines: list[int]) -> set[tuple[int, str, date | None]]:
    """Stages that went out under an earlier version: not told again for the same day."""
    told = Alert.objects.filter(
        deadline_version__deadline__in=deadlines, state=Alert.State.EXPANDED
    )
    rows = told.values_list("deadline_version__deadline", "stage", "deadline_version__due_on")
    return {(deadline, stage, due_on) for deadline, stage, due_on in rows if deadline}


def _stage_key(alert: Alert) -> tuple[int, str, date | None]:
    version = alert.deadline_version
    return (version.deadline_id, alert.stage, version.due_on) if version else (0, "", None)


def _differs(result: Result, version: DeadlineVersion) -> bool:
    before = (version.result, version.opens_on, version.due_on, version.trace)
    trace = [step.as_data() for step in result.trace]
    return (result.status, result.opens_on, result.due_on, trace) != before


def _start(clock: _Clock) -> None:
    verb = "move" if clock.deadline.status == "running" else "start"
    status = follow(DEADLINE, clock.deadline.status, verb)
    if clock.result.status == "computed" and status:
        clock.deadline.status = status
        Deadline.objects.filter(pk=clock.deadline.pk).update(status=status)


def void_clocks(notification: Notification, *, on: date) -> list[Deadline]:
    """End every unfinished clock of a notification that was taken back; its alerts are void."""
    unfinished = list(
        Deadline.objects.filter(notification=notification, status__in=UNFINISHED)
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    keys = [deadline.pk for deadline in unfinished]
    Deadline.objects.filter(pk__in=keys).update(status="void", settled_on=on)
    void_alerts(unfinished)
    return unfinished
