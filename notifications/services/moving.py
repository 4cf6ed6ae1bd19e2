"""Clocks moved by a fact that arrives or changes: each that depends on it gets a new version."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from notifications.clauses.facts import Facts
from notifications.clauses.origins import ClauseStart, CountOf
from notifications.clauses.reading import parse_clause
from notifications.clauses.schema import Clause as Rule
from notifications.delivery.repeating import next_weekly
from notifications.lifecycle import DEADLINE, HELD, UNFINISHED, UNTIMELY, follow
from notifications.models import (
    Alert,
    ClauseVersion,
    Deadline,
    DeadlineVersion,
    Notification,
    dealt_with,
)
from notifications.services.alerts import Told, as_told, lapse_stage, last_told, void_alerts
from notifications.services.calendar import day_in
from notifications.services.computing import (
    Cause,
    Clock,
    Clocks,
    cause_told,
    status_of,
    store,
)
from notifications.services.entries import ledger_of
from notifications.services.facts import recorded_facts
from notifications.services.locking import lock
from notifications.services.recounting import Recount

__all__ = ["move_clocks", "recounted"]

# The verb by which an unsettled clock comes to the status that its computation gives it.
_VERBS: Final = {
    "running": "start",
    "suspended": "suspend",
    "open": "hold-open",
    "disputed": "dispute",
    "awaiting": "await",
    "premature": "find-premature",
    "too-late": "find-too-late",
}
# A clock that was settled is computed anew to show what the date would have been.
_SETTLED: Final = ("met", "lapsed", "effective")


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
    recount = Recount(notification, ledger)
    recount.run(facts, versions or {}, _states(with_settled=with_settled))
    clocks = recount.changed
    _void(recount.gone, notification.zone, cause)
    Deadline.objects.bulk_create([clock.deadline for clock in recount.new])
    late = {clock.deadline.pk for clock in clocks if not _follows(clock, cause)}
    moved = [clock.deadline for clock in clocks if clock.is_moved]
    void_alerts(deadline for deadline in moved if deadline.status != "effective")
    live = [clock for clock in clocks if clock.deadline.pk not in late]
    _set_status([clock for clock in live if not clock.is_past_target(cause.at)])
    _note_lapses(clock for clock in clocks if clock.deadline.pk in late)
    stored = store([*clocks, *recount.new], cause=cause)
    told = last_told(moved) if moved else {}
    stored.alerts = [
        alert
        for alert in stored.alerts
        if not _was_told(alert, told) and _deadline_of(alert) not in late
    ]
    stored.late = [version for version in stored.versions if version.deadline_id in late]
    stored.alerts += _still_lapsed(stored.late, {one.pk for one in moved}, told, cause.at)
    stored.gone = [deadline.pk for deadline in recount.gone]
    if not (clocks or recount.new or recount.gone):
        return stored
    return stored + _moved_with(notification, cause, with_settled=with_settled)


def _states(*, with_settled: bool) -> tuple[str, ...]:
    return (*UNFINISHED, *UNTIMELY, *(_SETTLED if with_settled else ()))


def _moved_with(notification: Notification, cause: Cause, *, with_settled: bool) -> Clocks:
    """The clocks of acts that refer to this one and count from the dates of its clauses."""
    rows = Deadline.objects.filter(
        notification__refers_to=notification,
        clause__isnull=False,
        status__in=_states(with_settled=with_settled),
    ).values_list("notification", "current_version__clause_version__rule")
    keys = {key for key, rule in rows if rule and _starts_from_a_clause(parse_clause(rule))}
    moved = Clocks()
    acts = Notification.objects.filter(pk__in=keys).select_related("case__treaty", "treaty")
    for act in acts.order_by("pk"):
        lock(act)
        facts = recorded_facts(act)
        moved += move_clocks(act, facts=facts, cause=cause, with_settled=with_settled)
    return moved


def _starts_from_a_clause(rule: Rule) -> bool:
    return any(isinstance(start, ClauseStart) for start in rule.all_starts)


def recounted(act: Notification, *, cause: Cause, is_taken_back: bool = False) -> Clocks:
    """Compute anew what counts how many such acts refer to the one that this act refers to.

    ``cause`` says who brings it about, and when. Alerts are returned, not inserted; the caller has
    that act's lock.
    """
    target = act.refers_to
    if target is None:
        return Clocks()
    rows = Deadline.objects.filter(notification=target, clause__isnull=False)
    rules = rows.values_list("current_version__clause_version__rule", flat=True)
    if not any(_counts_acts(parse_clause(rule), act.act) for rule in rules if rule):
        return Clocks()
    kind = "act-taken-back" if is_taken_back else "act-came-in"
    said = {"act": act.act, "on": act.given_on.isoformat()}
    giver = act.senders.order_by("code").first()
    told = cause_told(kind, cause.actor, cause.at, party=giver, **said)
    return move_clocks(target, facts=recorded_facts(target), cause=told, with_settled=True)


def _counts_acts(rule: Rule, kind: str) -> bool:
    return any(isinstance(start, CountOf) and start.act == kind for start in rule.all_starts)


def _void(gone: Iterable[Deadline], zone: str, cause: Cause) -> None:
    """Clocks of clauses that count for this act no more."""
    clocks = list(gone)
    keys = [clock.pk for clock in clocks]
    if keys:
        settled_on = day_in(zone, cause.at)
        Deadline.objects.filter(pk__in=keys).update(status="void", settled_on=settled_on)
        void_alerts(clocks)


def _was_told(alert: Alert, told: dict[int, Told]) -> bool:
    """Where a day moved and moved back, nobody who heard it last is told of it once more."""
    version = alert.deadline_version
    return version is not None and told.get(version.deadline_id) == as_told(alert)


def _still_lapsed(
    versions: Iterable[DeadlineVersion], moved: Collection[int], told: dict[int, Told], at: datetime
) -> Iterator[Alert]:
    """A lapse on another day than was told is told at once, and weekly from then on.

    Not where it is dealt with already; and where people heard of that day last, a week later.
    """
    lapsed = [
        version
        for version in versions
        if version.deadline_id in moved and version.deadline.status == "lapsed"
    ]
    keys = [version.deadline_id for version in lapsed]
    over = Deadline.objects.filter(dealt_with(at), pk__in=keys) if keys else Deadline.objects.none()
    is_over = set(over.values_list("pk", flat=True))
    for version in lapsed:
        alert, heard = lapse_stage(version, now=at), told.get(version.deadline_id)
        if version.deadline_id in is_over:
            continue
        is_known = heard is not None and heard[0].startswith("after-")
        if is_known and heard is not None and heard[1:] == as_told(alert)[1:]:
            alert = next_weekly(alert, now=at)
        yield alert


def _deadline_of(alert: Alert) -> int | None:
    return alert.deadline_version.deadline_id if alert.deadline_version else None


def _follows(clock: Clock, cause: Cause) -> bool:
    """Whether the clock goes where its computation leads, or was settled and stays so.

    A lapse runs again where the date turns out to be still to come, or unknown.
    """
    status, result = clock.deadline.status, clock.result
    if status in (*UNFINISHED, *UNTIMELY) or clock.is_reopened:
        return True
    if status != "lapsed":
        return False
    is_to_come = result.due_at is not None and result.due_at > cause.at
    return result.due_at is None or result.status in HELD or is_to_come


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
