"""Clocks of a notification: opened at issue, moved when a fact arrives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from django.db.models import Q

from notifications.clauses.compute import Result, compute, limit_set
from notifications.clauses.facts import Facts
from notifications.clauses.schema import Clause as Rule
from notifications.clauses.schema import parse_clause
from notifications.lifecycle import DEADLINE, HELD, UNFINISHED, follow
from notifications.models import (
    Alert,
    ClauseVersion,
    Deadline,
    DeadlineVersion,
    Notification,
    Party,
)
from notifications.services.alerts import Told, as_told, last_told, void_alerts
from notifications.services.calendar import day_in
from notifications.services.computing import Cause, Clock, Clocks, status_of, store
from notifications.services.entries import Ledger, ledger_of
from notifications.services.facts import about, completed

__all__ = ["Cause", "Clocks", "asked", "limit_set", "move_clocks", "open_clocks", "owed"]

# The verb by which an unsettled clock comes to the status that its computation gives it.
_VERBS: Final = {
    "running": "start",
    "suspended": "suspend",
    "open": "hold-open",
    "disputed": "dispute",
    "awaiting": "await",
}
# A clock that was settled is computed anew to show what the date would have been.
_SETTLED: Final = ("met", "lapsed", "effective")


def open_clocks(
    notification: Notification,
    *,
    rules: Iterable[tuple[ClauseVersion, Rule]],
    facts: Facts,
    senders: Sequence[Party],
    addressees: Sequence[Party],
    members: Sequence[Party],
    cause: Cause,
    has_ledger: bool = False,
) -> Clocks:
    """Insert every deadline that the act starts or will start, with its first version.

    Two queries, whatever the number of bearers, and one more for what the rules need besides;
    ``has_ledger`` says that the case has facts already. Alerts are returned, not inserted.
    """
    counting = [(version, rule) for version, rule in rules if rule.yields != "not-permitted"]
    facts = completed(facts, [rule for _version, rule in counting], about(notification, senders))
    today = day_in(notification.zone, cause.at)
    ledger = ledger_of(notification.case, today) if has_ledger else Ledger()
    clocks = []
    for version, rule in counting:
        owed_by = owed(rule)
        for bearer in _bearers(owed_by, notification, senders, addressees, members):
            deadline = _deadline(notification, owed_by, bearer)
            deadline.clause = version.clause
            result = compute(rule, ledger.of(deadline, _facts_for(facts, deadline)))
            clocks.append(Clock(deadline, result, version))
    clocks.extend(_answers_asked_for(notification, addressees, members, ledger))
    for clock in clocks:
        clock.deadline.status = status_of(clock.result)
    Deadline.objects.bulk_create([clock.deadline for clock in clocks])
    return store(clocks, cause=cause)


def owed(rule: Rule) -> str:
    """Who bears a clause's clock (clauses.md, duty; an effect falls on the notifier).

    What runs from the day on which each party was informed runs for each party (VCLT 78(c)).
    """
    bearer = rule.duty.bearer if rule.duty else ""
    if rule.starts == "informed" and bearer != Deadline.OwedBy.ADDRESSEE:
        return Deadline.OwedBy.EACH_PARTY
    if bearer:
        return bearer
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
        others = [party for party in members if party not in senders]
        if notification.visibility != Notification.Visibility.RESTRICTED:
            return others
        return [party for party in others if party in addressees]
    return [None]


def asked(
    fields: Mapping[str, Any], addressees: Iterable[Party], members: Iterable[Party]
) -> list[Party]:
    """Whom an act binds: the accused alone where it names one, else every addressed party.

    A depositary that is no party to the treaty keeps the note, and owes no answer to it.
    """
    if against := fields.get("against", []):
        return [party for party in addressees if party.code in against]
    own = {party.pk for party in members}
    return [party for party in addressees if party.pk in own]


def _facts_for(facts: Facts, deadline: Deadline) -> Facts:
    """The facts for the party whose clock it is."""
    if deadline.bearer is None:
        return facts
    code = deadline.bearer.code
    if deadline.owed_by == Deadline.OwedBy.NOTIFIER:
        return replace(facts, sender=code, bearer=code)
    if deadline.owed_by == Deadline.OwedBy.ADDRESSEE:
        return replace(facts, addressees=frozenset({code}), bearer=code)
    return replace(facts, bearer=code)


def _deadline(notification: Notification, owed_by: str, bearer: Party | None) -> Deadline:
    return Deadline(
        case=notification.case,
        notification=notification,
        origin=Deadline.Origin.CLAUSE,
        owed_by=owed_by,
        bearer=bearer,
    )


def _answers_asked_for(
    notification: Notification,
    addressees: Sequence[Party],
    members: Sequence[Party],
    ledger: Ledger,
) -> list[Clock]:
    """One clock a party of which the sender asks an answer by a day; it ends at 24:00 of it."""
    if not notification.fields.get("respond_by"):
        return []
    clocks = []
    for party in asked(notification.fields, addressees, members):
        deadline = _deadline(notification, Deadline.OwedBy.ADDRESSEE, party)
        deadline.origin = Deadline.Origin.RESPOND_BY
        clocks.append(Clock(deadline, _limit(notification, ledger, deadline), None))
    return clocks


def _limit(notification: Notification, ledger: Ledger, deadline: Deadline) -> Result:
    """The limit that the sender set, after the ledger."""
    due_on = date.fromisoformat(notification.fields["respond_by"])
    own = Facts(notification.given_on, notification.zone, frozenset(), None)
    return limit_set(notification.given_on, due_on, notification.zone, ledger.of(deadline, own))


def move_clocks(
    notification: Notification,
    *,
    facts: Facts,
    cause: Cause,
    versions: Mapping[int, ClauseVersion] | None = None,
    with_settled: bool = False,
) -> Clocks:
    """Compute the unfinished clocks of an act anew; only what changes gets a new version.

    Where the date moved, what was planned or waits under the old one is void, and the new one's
    alerts are returned, not inserted. Where only the way to it changed, the old alerts go on.
    ``versions`` are newer rules, by their clause. ``with_settled``: clocks that were met, lapsed or
    took effect get a version that shows the difference, and nothing of them is undone; but a lapse
    that was counted from a wrong fact, and whose date is still to come, runs again.
    """
    ledger = ledger_of(notification.case, day_in(notification.zone, cause.at))
    states = (*UNFINISHED, *_SETTLED) if with_settled else UNFINISHED
    clocks = _changed_clocks(notification, facts, ledger, versions or {}, states)
    late = {clock.deadline.pk for clock in clocks if not _follows(clock, cause)}
    moved = [clock.deadline for clock in clocks if clock.is_moved]
    void_alerts(deadline for deadline in moved if deadline.status != "effective")
    live = [clock for clock in clocks if clock.deadline.pk not in late]
    _set_status(live)
    _note_lapses(clock for clock in clocks if clock.deadline.pk in late)
    stored = store(clocks, cause=cause)
    told = last_told(moved) if moved else {}
    stored.alerts = [
        alert
        for alert in stored.alerts
        if not _was_told(alert, told) and _deadline_of(alert) not in late
    ]
    stored.late = [version for version in stored.versions if version.deadline_id in late]
    return stored


def _changed_clocks(
    notification: Notification,
    facts: Facts,
    ledger: Ledger,
    versions: Mapping[int, ClauseVersion],
    states: Iterable[str],
) -> list[Clock]:
    whose = Q(origin=Deadline.Origin.CLAUSE)
    if ledger.facts:  # the limit that a sender set moves by the ledger alone
        whose |= Q(origin=Deadline.Origin.RESPOND_BY)
    found = list(
        Deadline.objects.filter(whose, notification=notification, status__in=states)
        .select_for_update(of=("self",))
        .with_reasons()
        .order_by("pk")
    )
    rules: dict[int, Rule] = {}
    for deadline in found:
        deadline.notification, deadline.case = notification, notification.case  # known: no query
        version = _rule_of(deadline, versions)
        if version is not None and version.pk not in rules:
            rules[version.pk] = parse_clause(version.rule)
    facts = completed(facts, rules.values(), about(notification))
    clocks = []
    for deadline in found:
        version, before = _rule_of(deadline, versions), deadline.version
        if version is None:
            result = _limit(notification, ledger, deadline)
        else:
            known = ledger.of(deadline, _facts_for(facts, deadline))
            result = compute(rules[version.pk], known)
        if result.status != "not-permitted" and _differs(result, before):
            clocks.append(Clock(deadline, result, version, before=before))
    return clocks


def _rule_of(deadline: Deadline, versions: Mapping[int, ClauseVersion]) -> ClauseVersion | None:
    """The rule that counts for a clock: the newer one where there is one."""
    return versions.get(deadline.clause_id or 0) or deadline.version.clause_version


def _was_told(alert: Alert, told: dict[int, Told]) -> bool:
    """Where a day moved and moved back, nobody who heard it last is told of it once more."""
    version = alert.deadline_version
    return version is not None and told.get(version.deadline_id) == as_told(alert)


def _deadline_of(alert: Alert) -> int | None:
    return alert.deadline_version.deadline_id if alert.deadline_version else None


def _differs(result: Result, version: DeadlineVersion) -> bool:
    before = (version.result, version.opens_on, version.due_on, version.trace)
    trace = [step.as_data() for step in result.trace]
    return (result.status, result.opens_on, result.due_on, trace) != before


def _follows(clock: Clock, cause: Cause) -> bool:
    """Whether the clock goes where its computation leads, or was settled and stays so.

    A lapse runs again where the date turns out to be still to come.
    """
    status, result = clock.deadline.status, clock.result
    if status in UNFINISHED:
        return True
    if status != "lapsed":
        return False
    is_to_come = result.due_at is not None and result.due_at > cause.at
    return result.status in HELD or is_to_come


def _set_status(clocks: Iterable[Clock]) -> None:
    """Bring each clock to the status that its computation gives it: one statement a status."""
    groups: dict[str, list[int]] = {}
    for clock in clocks:
        deadline, wanted = clock.deadline, status_of(clock.result)
        if wanted == deadline.status:
            continue
        status = follow(DEADLINE, deadline.status, _VERBS[wanted])
        if status is not None:
            deadline.status, deadline.settled_on = status, None
            groups.setdefault(status, []).append(deadline.pk)
    for status, keys in groups.items():
        Deadline.objects.filter(pk__in=keys).update(status=status, settled_on=None)


def _note_lapses(clocks: Iterable[Clock]) -> None:
    """A lapse that stays one happened on the day that is known to be right now."""
    lapsed = [clock for clock in clocks if clock.deadline.status == "lapsed"]
    for clock in lapsed:
        clock.deadline.settled_on = clock.result.due_on
    if lapsed:
        Deadline.objects.bulk_update([clock.deadline for clock in lapsed], ["settled_on"])
