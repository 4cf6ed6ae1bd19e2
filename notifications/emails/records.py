"""The records of which some alerts tell, found by the stage of the alert: read many at once.

The stage is the key of the defect or of the receipt; the mark of the fact, of the act that brought
it, or of the clock whose silence is complete, with what tells a second alert on it from the first;
or ``version-`` and the key of what a clock that was settled would have come to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Q

from notifications.clauses.instants import day_of
from notifications.models import (
    Alert,
    Deadline,
    DeadlineVersion,
    Defect,
    Fact,
    Outcome,
    Receipt,
    unacknowledged,
)

MARK: Final = 36  # the length of a UUID as text
SETTLED: Final = "version-"


@dataclass(frozen=True)
class Move:
    """One date that a fact moved; of the clocks of many bearers that moved together, one."""

    version: DeadlineVersion
    before: DeadlineVersion | None
    is_void: bool = False  # its clause counts for the act no more


@dataclass(frozen=True)
class Silence:
    """A clock whose silence is complete, the parties that kept silent, and what was found."""

    deadline: Deadline
    silent: tuple[str, ...]
    outcome: Outcome | None = None


@dataclass(frozen=True)
class Records:
    """What some alerts tell of, by the key of the alert."""

    defects: dict[int, Defect] = field(default_factory=dict)
    receipts: dict[int, Receipt] = field(default_factory=dict)
    facts: dict[int, Fact] = field(default_factory=dict)
    moves: dict[int, list[Move]] = field(default_factory=dict)
    silences: dict[int, Silence] = field(default_factory=dict)
    unconfirmed: dict[int, list[str]] = field(default_factory=dict)


def records_of(alerts: Collection[Alert]) -> Records:
    """The records of these alerts: a fixed number of queries for each kind that is among them."""
    told: dict[str, list[Alert]] = defaultdict(list)
    for alert in alerts:
        told[alert.kind].append(alert)
    silent = [*told[Alert.Kind.PROPOSED], *told[Alert.Kind.CONFIRMED]]
    return Records(
        defects=_by_key(told[Alert.Kind.DEFECT], Defect.objects.select_related("by")),
        receipts=_by_key(
            told[Alert.Kind.DISPUTED],
            Receipt.objects.select_related("party", "supersedes__supersedes"),
        ),
        facts=_facts(told[Alert.Kind.FACT]),
        moves=_moves(told[Alert.Kind.FACT]),
        silences=_silences(silent),
        unconfirmed=_unconfirmed(told[Alert.Kind.UNACKNOWLEDGED]),
    )


def _unconfirmed(alerts: list[Alert]) -> dict[int, list[str]]:
    """The codes of the parties that have not confirmed to have the act."""
    if not alerts:
        return {}
    rows = unacknowledged([alert.act.pk for alert in alerts])
    found: dict[int, list[str]] = defaultdict(list)
    for act, code in rows.values_list("notification", "party__code"):
        found[act].append(code)
    return {alert.pk: found[alert.act.pk] for alert in alerts}


def _by_key(alerts: list[Alert], found: Any) -> dict[int, Any]:
    if not alerts:
        return {}
    rows = found.in_bulk([int(alert.stage) for alert in alerts])
    return {alert.pk: rows[int(alert.stage)] for alert in alerts if int(alert.stage) in rows}


def _mark(alert: Alert) -> UUID | None:
    """The mark at the beginning of the stage, where there is one."""
    try:
        return UUID(alert.stage[:MARK])
    except ValueError:
        return None


def _facts(alerts: list[Alert]) -> dict[int, Fact]:
    """The fact of each alert: of an act that brought several, the first."""
    marks = {mark for alert in alerts if (mark := _mark(alert))}
    if not marks:
        return {}
    found = Fact.objects.filter(Q(uid__in=marks) | Q(notification__uid__in=marks))
    facts: dict[UUID | None, Fact] = {}
    for fact in found.select_related("party", "notification").order_by("pk"):
        if fact.uid in marks:
            facts[fact.uid] = fact
        elif fact.notification is not None:
            facts.setdefault(fact.notification.uid, fact)
    return {alert.pk: facts[_mark(alert)] for alert in alerts if _mark(alert) in facts}


def _moves(alerts: list[Alert]) -> dict[int, list[Move]]:
    """What was computed anew when each alert was made, and what stood before."""
    if not alerts:
        return {}
    acts = [alert.notification_id for alert in alerts]
    is_later = Q(no__gt=1) | Q(deadline__notification__entered_at__lt=F("computed_at"))
    computed = DeadlineVersion.objects.filter(
        is_later,
        deadline__notification__in=acts,
        computed_at__in=[alert.due_at for alert in alerts],
    ).select_related("clause_version", "deadline__bearer")
    void = list(Deadline.objects.filter(status="void", notification__in=acts).with_reasons())
    versions = list(computed.order_by("due_on", "pk"))
    before = _before(versions)
    moves = {}
    for alert in alerts:
        own = [version for version in versions if _tells_of(alert, version)]
        moved = [Move(row, before.get((row.deadline_id, row.no - 1))) for row in own]
        moves[alert.pk] = _each_once([*_fallen(alert, void), *moved])
    return moves


def _fallen(alert: Alert, void: Iterable[Deadline]) -> Iterable[Move]:
    """The clocks that became void on the day of the alert."""
    if alert.stage.startswith(SETTLED):
        return
    for clock in void:
        version = clock.version
        is_of_day = clock.settled_on == day_of(alert.due_at, version.zone)
        if is_of_day and clock.notification_id == alert.notification_id:
            yield Move(version, version, is_void=True)


def _tells_of(alert: Alert, version: DeadlineVersion) -> bool:
    if alert.stage.startswith(SETTLED):
        return alert.stage == f"{SETTLED}{version.pk}"
    is_of_act = version.deadline.notification_id == alert.notification_id
    return is_of_act and version.computed_at == alert.due_at


def _before(versions: Iterable[DeadlineVersion]) -> dict[tuple[int, int], DeadlineVersion]:
    keys = [version.deadline_id for version in versions]
    if not keys:
        return {}
    known = DeadlineVersion.objects.filter(deadline__in=keys)
    return {(version.deadline_id, version.no): version for version in known}


def _each_once(moves: Iterable[Move]) -> list[Move]:
    """One of those that say the same: the same clause, from the same date to the same date."""
    first: dict[tuple[object, ...], Move] = {}
    for move in moves:
        deadline, before = move.version.deadline, move.before
        was = before.due_on if before else None
        key = (deadline.clause_id, deadline.origin, was, move.version.due_on, move.is_void)
        first.setdefault(key, move)
    return list(first.values())


def _silences(alerts: list[Alert]) -> dict[int, Silence]:
    if not alerts:
        return {}
    marks = [mark for alert in alerts if (mark := _mark(alert))]
    clocks = Deadline.objects.filter(uid__in=marks).with_reasons()
    deadlines = {deadline.uid: deadline for deadline in clocks}
    outcomes = {
        outcome.deadline_id: outcome
        for outcome in Outcome.objects.filter(deadline__in=deadlines.values())
    }
    lapsed = _lapsed(deadlines.values())
    found = {}
    for alert in alerts:
        mark = _mark(alert)
        if mark not in deadlines:
            continue
        deadline = deadlines[mark]
        outcome = outcomes.get(deadline.pk) if alert.kind == Alert.Kind.CONFIRMED else None
        key = (deadline.notification_id or 0, deadline.clause_id)
        silent = outcome.silent if outcome else lapsed[key]
        found[alert.pk] = Silence(deadline, tuple(silent), outcome)
    return found


def _lapsed(deadlines: Iterable[Deadline]) -> dict[tuple[int, int | None], list[str]]:
    """Whose clocks of a clause lapsed, by act and clause; nobody's where there is but one clock."""
    rows = Deadline.objects.filter(
        notification__in=[deadline.notification_id for deadline in deadlines],
        status="lapsed",
        bearer__isnull=False,
    )
    found: dict[tuple[int, int | None], list[str]] = defaultdict(list)
    for act, clause, code in rows.values_list("notification", "clause", "bearer__code"):
        found[act, clause].append(code)
    return found
