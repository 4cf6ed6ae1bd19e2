"""Clocks moved by a fact that arrives or changes: each that depends on it gets a new version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Q

from notifications.clauses.compute import Result
from notifications.clauses.explain import TraceStep
from notifications.clauses.facts import Facts
from notifications.clauses.origins import ClauseStart, CountOf
from notifications.clauses.reading import parse_clause
from notifications.clauses.schema import Clause as Rule
from notifications.lifecycle import DEADLINE, HELD, UNFINISHED, UNTIMELY, follow
from notifications.models import (
    Alert,
    ClauseVersion,
    Deadline,
    DeadlineVersion,
    Fact,
    Notification,
    members_of,
)
from notifications.services.alerts import Told, as_told, last_told, void_alerts
from notifications.services.calendar import day_in
from notifications.services.clause_facts import completed
from notifications.services.computing import (
    Cause,
    Clock,
    Clocks,
    cause_told,
    status_of,
    store,
)
from notifications.services.counting import Counting, bearers_of, ordered, owed
from notifications.services.deadlines import asked, limit_of, new_clock
from notifications.services.entries import Ledger, ledger_of
from notifications.services.facts import about, recorded_facts
from notifications.services.locking import lock

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
    states = (*UNFINISHED, *UNTIMELY, *(_SETTLED if with_settled else ()))
    recount = _Recount(notification, ledger)
    recount.run(facts, versions or {}, states)
    clocks = recount.changed
    _void(recount.gone, notification.zone, cause)
    Deadline.objects.bulk_create([clock.deadline for clock in recount.new])
    late = {clock.deadline.pk for clock in clocks if not _follows(clock, cause)}
    moved = [clock.deadline for clock in clocks if clock.is_moved]
    void_alerts(deadline for deadline in moved if deadline.status != "effective")
    live = [clock for clock in clocks if clock.deadline.pk not in late]
    _set_status(live)
    _note_lapses(clock for clock in clocks if clock.deadline.pk in late)
    stored = store([*clocks, *recount.new], cause=cause)
    told = last_told(moved) if moved else {}
    stored.alerts = [
        alert
        for alert in stored.alerts
        if not _was_told(alert, told) and _deadline_of(alert) not in late
    ]
    stored.late = [version for version in stored.versions if version.deadline_id in late]
    stored.gone = [deadline.pk for deadline in recount.gone]
    return stored + _moved_with(notification, cause) if moved else stored


def _moved_with(notification: Notification, cause: Cause) -> Clocks:
    """The clocks of acts that refer to this one and count from the dates of its clauses."""
    rows = Deadline.objects.filter(
        notification__refers_to=notification, clause__isnull=False, status__in=UNFINISHED
    ).values_list("notification", "current_version__clause_version__rule")
    keys = {key for key, rule in rows if rule and _starts_from_a_clause(parse_clause(rule))}
    moved = Clocks()
    acts = Notification.objects.filter(pk__in=keys).select_related("case__treaty", "treaty")
    for act in acts.order_by("pk"):
        lock(act)
        moved += move_clocks(act, facts=recorded_facts(act), cause=cause)
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


@dataclass
class _Recount:
    """The clocks of one act computed anew: those that changed, those whose clause counts no more.

    ``new`` are clocks of clauses that count since a fact was recorded, not inserted yet.
    """

    notification: Notification
    ledger: Ledger
    changed: list[Clock] = field(default_factory=list)
    gone: list[Deadline] = field(default_factory=list)
    new: list[Clock] = field(default_factory=list)

    def run(
        self, facts: Facts, versions: Mapping[int, ClauseVersion], states: Iterable[str]
    ) -> None:
        """In the order in which clauses start from one another."""
        found = self._found(states)
        of_clause: dict[int, ClauseVersion] = {}
        for deadline in found:
            version = _rule_of(deadline, versions)
            if version is None:
                self._note(deadline, limit_of(self.notification, self.ledger, deadline), None)
            else:
                of_clause.setdefault(version.pk, version)
        for version in self._choosing_by_facts():
            of_clause.setdefault(version.pk, version)
        rules = {key: parse_clause(version.rule) for key, version in of_clause.items()}
        facts = completed(facts, rules.values(), about(self.notification))
        treaty = self.notification.treaty_id
        counting = Counting(facts, list(rules.values()), treaty, self.ledger)
        for version, rule in ordered((of_clause[key], rule) for key, rule in rules.items()):
            own = [deadline for deadline in found if _rule_of(deadline, versions) == version]
            for deadline in own:
                self._recount(deadline, version, rule, counting)
            if not own:
                self._open(version, rule, counting)
        self.changed.sort(key=lambda clock: clock.deadline.pk)

    def _choosing_by_facts(self) -> list[ClauseVersion]:
        """The clauses on the act, where a conflict on record can decide which of them counts."""
        if not any(fact.kind == Fact.Kind.ARMED_CONFLICT for fact in self.ledger.facts):
            return []
        act = self.notification
        governing = list(ClauseVersion.objects.governing(act.treaty, act.act))
        is_open = any("fact" in version.rule.get("when", {}) for version in governing)
        return governing if is_open else []

    def _open(self, version: ClauseVersion, rule: Rule, counting: Counting) -> None:
        """A clause that had no clock for this act and counts now."""
        act, owed_by = self.notification, owed(rule)
        if Deadline.objects.filter(notification=act, clause=version.clause).exists():
            return  # settled already
        senders, addressees = list(act.senders.order_by("code")), list(act.addressees())
        members = list(members_of(act.case, act.given_on).order_by("code"))
        bound = asked(act.fields, addressees, members)
        bearers = bearers_of(
            owed_by, act, senders=senders, asked=bound, members=members, addressees=addressees
        )
        for bearer in bearers:
            deadline = new_clock(act, owed_by, bearer)
            deadline.clause = version.clause
            result = counting.result(deadline, rule)
            if result is not None and result.status != "not-permitted":
                deadline.status = status_of(result)
                self.new.append(Clock(deadline, result, version))

    def _found(self, states: Iterable[str]) -> list[Deadline]:
        whose = Q(origin=Deadline.Origin.CLAUSE)
        if self.ledger.facts:  # the limit that a sender set moves by the ledger alone
            whose |= Q(origin=Deadline.Origin.RESPOND_BY)
        found = list(
            Deadline.objects.filter(whose, notification=self.notification, status__in=states)
            .select_for_update(of=("self",))
            .with_reasons()
            .order_by("pk")
        )
        for deadline in found:  # known: no query
            deadline.notification, deadline.case = self.notification, self.notification.case
        return found

    def _recount(
        self, deadline: Deadline, version: ClauseVersion, rule: Rule, counting: Counting
    ) -> None:
        result = counting.result(deadline, rule)
        if result is None:
            if deadline.status in (*UNFINISHED, *UNTIMELY):
                self.gone.append(deadline)
        elif result.status != "not-permitted":
            self._note(deadline, result, version)

    def _note(self, deadline: Deadline, result: Result, version: ClauseVersion | None) -> None:
        before = deadline.version
        if _differs(result, before):
            self.changed.append(Clock(deadline, result, version, before=before))


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
    """Whether the result, a day or a step is another one; words alone make no difference."""
    before = (version.result, version.opens_on, version.due_on, version.due_at)
    if (result.status, result.opens_on, result.due_on, result.due_at) != before:
        return True
    return list(result.trace) != [TraceStep.from_data(step) for step in version.trace]


def _follows(clock: Clock, cause: Cause) -> bool:
    """Whether the clock goes where its computation leads, or was settled and stays so.

    A lapse runs again where the date turns out to be still to come.
    """
    status, result = clock.deadline.status, clock.result
    if status in (*UNFINISHED, *UNTIMELY):
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
