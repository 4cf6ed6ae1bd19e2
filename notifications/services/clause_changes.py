"""Clauses changed by administrators: a new sealed version, and the clocks that it moves.

Live cases alone are computed anew: a replayed case is a story that has been told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from notifications.clauses.checking_treaty import rival_of
from notifications.clauses.reading import parse_clause
from notifications.clauses.schema import Clause as Rule
from notifications.errors import ChangedMeanwhileError, RuleBrokenError
from notifications.lifecycle import UNFINISHED, UNTIMELY
from notifications.models import (
    Alert,
    Clause,
    ClauseVersion,
    Deadline,
    DeadlineVersion,
    Notification,
    Progress,
    Treaty,
    User,
)
from notifications.queue import nudge
from notifications.register import Entry, append, canonical, digest_of
from notifications.services.changes import require_administrator, require_reason, take_turns
from notifications.services.clause_rules import standing_rules
from notifications.services.computing import Cause, Clocks, cause_told
from notifications.services.counting import owed
from notifications.services.facts import recorded_facts
from notifications.services.moving import move_clocks
from notifications.services.run_ending import MovedRuns, move_runs


@dataclass(frozen=True)
class Move:
    """An unfinished deadline that a changed rule computes anew: its versions before and after.

    ``is_void``: the clause counts for its act no more, and it ends with its version as it was.
    """

    deadline: Deadline
    before: DeadlineVersion
    after: DeadlineVersion
    is_void: bool = False

    @property
    def is_moved(self) -> bool:
        """Whether it comes to another day or result; else only the way there is another."""
        is_same = self.after.result == self.before.result and self.after.has_days_of(self.before)
        return self.is_void or not is_same

    def as_data(self) -> list[Any]:
        """The move as plain data: what was shown can be held against what would be done."""
        days = [self.before.opens_on, self.before.due_on, self.after.opens_on, self.after.due_on]
        result = "void" if self.is_void else self.after.result
        return [self.deadline.pk, result, *(day and day.isoformat() for day in days)]


class _ForeseenError(Exception):
    """Carries what would move out of the transaction that is undone."""

    def __init__(self, moves: list[Move]) -> None:
        super().__init__()
        self.moves = moves


def impact(
    *,
    clause: Clause,
    rule: Rule,
    actor: User,
    now: datetime,
    others: Sequence[Rule] | None = None,
) -> list[Move]:
    """Which unfinished deadlines of live cases the rule would compute otherwise; nothing is stored.

    It is what ``change_clause`` does, done and undone: what is shown is what would come. ``others``
    are the treaty's other rules, where these change too.

    Raises NotPermittedError, or RuleBrokenError where the clause cannot be changed so.
    """
    require_administrator(actor)
    return foresee(clause=clause, rule=rule, by=Cause("foreseen", actor, now), others=others)


def foresee(
    *, clause: Clause, rule: Rule, by: Cause, others: Sequence[Rule] | None = None
) -> list[Move]:
    """The same, whoever asks: the caller has seen to that.

    Raises RuleBrokenError where the clause cannot be changed so.
    """
    try:
        with transaction.atomic():
            raise _ForeseenError(_apply(_current(clause), rule, by, others)[1])
    except _ForeseenError as foreseen:
        return foreseen.moves


@transaction.atomic
def change_clause(
    *,
    clause: Clause,
    rule: Rule,
    reason: str,
    actor: User,
    now: datetime,
    seen: int | None = None,
) -> ClauseVersion:
    """Seal a new version of a clause and compute anew the unfinished deadlines that it changes.

    ``seen`` is the number of the version that the person changed; each deadline gets the cause, and
    its act an event of its own.

    Raises NotPermittedError, ChangedMeanwhileError, or RuleBrokenError naming ``rule`` or
    ``reason``.
    """
    require_administrator(actor)
    why = require_reason(reason)
    take_turns()
    current = _current(clause)
    if seen is not None and seen != current.no:
        raise ChangedMeanwhileError(
            gettext("Somebody changed this clause meanwhile: look at its newest version first.")
        )
    if _digest(rule) == current.digest and rule.governs == current.governs:
        sentence = gettext("Rule: it is what it was, so there is nothing to save.")
        raise RuleBrokenError(sentence, field="rule")
    version, moves, clocks, runs = _apply(current, rule, Cause(why, actor, now))
    told = [alert for moved in (*clocks.values(), runs.clocks) for alert in moved.alerts]
    Alert.objects.bulk_create(told)
    body = {"version": version.no, "moved": len(moves), "reason": why}
    changed = Entry("clause-changed", clause, now, actor, (version,), body)
    of_runs = runs.entries(version, now=now, actor=actor)
    append(changed, *_moved(version, clocks, actor, now), *of_runs)
    if moves:
        nudge("send_alerts")
    return version


@transaction.atomic
def add_clause(
    *, treaty: Treaty, rule: Rule, reason: str, actor: User, now: datetime
) -> ClauseVersion:
    """Add a clause to a treaty, with its first version: it counts for what is issued from then on.

    Raises NotPermittedError, or RuleBrokenError naming ``rule`` or ``reason``.
    """
    require_administrator(actor)
    why = require_reason(reason)
    take_turns()
    if Clause.objects.filter(treaty=treaty, slug=rule.id).exists():
        sentence = gettext("Rule: the treaty has a clause “%(id)s” already; change that one.")
        raise RuleBrokenError(sentence % {"id": rule.id}, field="rule")
    _refuse_second_effect(rule, standing_rules(treaty))
    clause = Clause.objects.create(treaty=treaty, slug=rule.id)
    version = _sealed(clause, rule, no=1, by=Cause(why, actor, now))
    append(Entry("clause-added", clause, now, actor, (version,), {"version": 1, "reason": why}))
    return version


def _current(clause: Clause) -> ClauseVersion:
    newest = clause.versions.order_by("-no").select_related("clause__treaty").first()
    if newest is None:
        raise ClauseVersion.DoesNotExist(f"clause {clause.pk} has no version")
    return newest


def _digest(rule: Rule) -> str:
    return digest_of(canonical(rule.as_data()))


def _sealed(clause: Clause, rule: Rule, *, no: int, by: Cause) -> ClauseVersion:
    return ClauseVersion.objects.create(
        clause=clause,
        no=no,
        governs=rule.governs,
        rule=rule.as_data(),
        digest=_digest(rule),
        reason=by.words,
        entered_at=by.at,
        entered_by=by.actor,
    )


def _apply(
    current: ClauseVersion, rule: Rule, by: Cause, others: Sequence[Rule] | None = None
) -> tuple[ClauseVersion, list[Move], dict[Notification, Clocks], MovedRuns]:
    """Insert the version and the deadlines' new ones; ``by`` says why, who and when.

    Alerts and events are the caller's.
    """
    clause = current.clause
    if rule.id != clause.slug:
        sentence = gettext("Rule: this is the clause “%(id)s”, and it keeps its id.")
        raise RuleBrokenError(sentence % {"id": clause.slug}, field="rule")
    _refuse_second_effect(rule, standing_rules(clause.treaty) if others is None else others)
    acts = _locked(clause)
    if acts:
        _refuse_another_kind(parse_clause(current.rule), rule, len(acts))
    version = _sealed(clause, rule, no=current.no + 1, by=by)
    before = {row.pk: row for row in _unfinished(clause).with_reasons()}
    cause = cause_told("clause-changed", by.actor, by.at, no=str(version.no), reason=by.words)
    clocks = {act: _move(act, version, cause) for act in acts}
    runs = move_runs(version, cause=cause)
    moves = [*_moves([*clocks.values(), runs.clocks]), *_voided(before)]
    return version, moves, clocks, runs


def _moves(clocks: Iterable[Clocks]) -> Iterable[Move]:
    """Every deadline with a new version, those included that count from the clause's date."""
    stored = [version for moved in clocks for version in moved.versions]
    rows = DeadlineVersion.objects.filter(deadline__in=[row.deadline_id for row in stored])
    known = {(row.deadline_id, row.no): row for row in rows}
    for after in stored:
        before = known.get((after.deadline_id, after.no - 1))
        if before is not None:
            yield Move(after.deadline, before, after)


def _voided(before: Mapping[int, Deadline]) -> Iterable[Move]:
    """The deadlines of acts for which the clause counts no more."""
    rows = Deadline.objects.filter(pk__in=before, status="void").values_list("pk", flat=True)
    for deadline in (before[key] for key in rows.order_by("pk")):
        yield Move(deadline, deadline.version, deadline.version, is_void=True)


def _unfinished(clause: Clause) -> Any:
    """Also those whose act came at the wrong time: the new rule may admit it."""
    states = (*UNFINISHED, *UNTIMELY)
    return Deadline.objects.in_case(None).filter(clause=clause, status__in=states)


def _locked(clause: Clause) -> list[Notification]:
    """The live acts with an unfinished deadline of the clause, under their locks, in one order."""
    wanted = _unfinished(clause).values("notification")
    rows = (
        Progress.objects.select_for_update(of=("self",))
        .filter(notification__in=wanted)
        .select_related("notification__case__treaty", "notification__treaty")
        .order_by("notification")
    )
    return [row.notification for row in rows]


def _move(act: Notification, version: ClauseVersion, cause: Cause) -> Clocks:
    newer = {version.clause_id: version}
    return move_clocks(act, facts=recorded_facts(act), cause=cause, versions=newer)


def _moved(
    version: ClauseVersion, clocks: dict[Notification, Clocks], actor: User, now: datetime
) -> Iterable[Entry]:
    body = {"clause": version.clause_id, "version": version.no}
    for act, moved in clocks.items():
        if moved.is_any:
            said = {**body, **moved.as_data()}
            yield Entry("clocks-moved", act, now, actor, tuple(moved.versions), said)


def _refuse_another_kind(before: Rule, after: Rule, acts: int) -> None:
    """A clock that runs keeps what it is: whose, of which act, and what comes at its end.

    A first ``when`` is a narrower one: clocks for which the clause counts no more become void.
    """
    for key, was, now in (
        ("governs", before.governs, after.governs),
        ("yields", before.yields, after.yields),
        ("when", before.when, after.when if before.when else before.when),
        ("duty", owed(before), owed(after)),
    ):
        if was != now:
            sentence = gettext(
                "Rule: “%(key)s” cannot change while clocks of this clause run "
                "(acts concerned: %(acts)d)."
            )
            raise RuleBrokenError(sentence % {"key": key, "acts": acts}, field="rule")


def _refuse_second_effect(rule: Rule, others: Iterable[Rule]) -> None:
    rival = rival_of(rule, others)
    if rival is not None:
        sentence = gettext(
            "Rule: “%(other)s” says already how this act ends, for every case that no clause with "
            "a “when” covers."
        )
        raise RuleBrokenError(sentence % {"other": rival.id}, field="rule")
