"""Runs of recurring clauses: each is opened when the one before ends, moved, voided or let lapse.

The unit is one clause: its runs are settled together, in one transaction under the lock of its
treaty, which looks again whether there is still something to settle. What fails is logged and left
to the next knock; it holds up no other clause.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from notifications.clauses.compute import Result
from notifications.clauses.explain import TraceStep
from notifications.lifecycle import COUNTING, UNFINISHED
from notifications.models import Alert, Case, ClauseVersion, Deadline, Treaty, User
from notifications.models.cases import RECURRING
from notifications.register import Entry, append
from notifications.services.calendar import day_in
from notifications.services.computing import Cause, Clock, cause_told, store
from notifications.services.run_counting import (
    Member,
    Recurring,
    as_recurring,
    day_after,
    recurring_clauses,
)
from notifications.services.run_ending import end_runs, move_runs, system_user

logger = logging.getLogger(__name__)

CASE_TITLE: Final = "Recurring duties"


@dataclass(frozen=True)
class TrackedRuns:
    """What one sweep did to runs: how many were opened, moved or voided, and came to their end."""

    opened: int = 0
    moved: int = 0
    ended: int = 0


@dataclass(frozen=True)
class _Run:
    """What a sweep must know of a run to see whether it has something to settle."""

    clause: int
    bearer: int | None
    version: int | None
    status: str
    due_on: date | None
    due_at: datetime | None

    def is_over(self, now: datetime) -> bool:
        """Whether its day is over, whatever came of it: the next one is opened then."""
        is_past = self.due_at is not None and self.due_at <= now
        return is_past and self.status not in COUNTING


def track_runs(*, now: datetime) -> TrackedRuns:
    """Move what a clause or a party no longer bears, let what is overdue lapse, open what is next.

    Three queries where there is nothing to do.
    """
    known = {found.version.clause_id: found for found in recurring_clauses()}
    runs = _standing(now)
    moving = sorted({run.clause for run in runs if _is_moved(run, known.get(run.clause), now)})
    moved = sum(_apart(partial(_move, key, now=now)) for key in moving)
    due = {run.clause for run in runs if run.status in COUNTING and _is_due(run, now)}
    ended = sum(_apart(partial(end_runs, key, now=now)) for key in sorted(due))
    if moving or due:
        runs = _standing(now)
    wanting = [found for key, found in known.items() if _lacks(found, runs, now)]
    opened = sum(_apart(partial(open_runs, found, now=now)) for found in wanting)
    return TrackedRuns(opened, moved, ended)


def _apart(settle: Callable[[], int]) -> int:
    """Settle the runs of one clause; a failure stays with it."""
    try:
        return settle()
    except Exception:
        logger.exception("runs of a clause could not be settled; the next knock tries again")
        return 0


def _standing(now: datetime) -> list[_Run]:
    """The runs that are unfinished, or whose day is still to come: one query."""
    found = Deadline.objects.runs().filter(Q(status__in=UNFINISHED) | Q(due_at__gt=now))
    columns = (
        "clause",
        "bearer",
        "current_version__clause_version",
        "status",
        "current_version__due_on",
        "due_at",
    )
    return [_Run(clause or 0, *others) for clause, *others in found.values_list(*columns)]


def _is_due(run: _Run, now: datetime) -> bool:
    return run.due_at is not None and run.due_at <= now


def _is_moved(run: _Run, found: Recurring | None, now: datetime) -> bool:
    """Whether its clause is another one, or gone, or its bearer is not bound any more."""
    if run.status not in UNFINISHED:
        return False
    if found is None or found.version.pk != run.version:
        return True
    today = day_in(found.treaty.zone, now)
    return run.bearer not in found.bearers(min(today, run.due_on or today))


def _lacks(found: Recurring, runs: Iterable[_Run], now: datetime) -> bool:
    """Whether somebody who bears the clause has no run of it that is not over."""
    clause = found.version.clause_id
    served = {run.bearer for run in runs if run.clause == clause and not run.is_over(now)}
    return not served.issuperset(found.bearers(day_in(found.treaty.zone, now)))


def _newest(clause: int) -> ClauseVersion:
    return ClauseVersion.objects.current().select_related("clause__treaty").get(clause=clause)


def _locked(treaty: int) -> Treaty:
    return Treaty.objects.select_for_update(no_key=True).get(pk=treaty)


@transaction.atomic
def _move(clause: int, *, now: datetime) -> int:
    """Bring the runs of a clause to its newest version, and void those that nobody bears."""
    newest = _newest(clause)
    _locked(newest.clause.treaty_id)
    actor = newest.entered_by or system_user(now)
    no, reason = str(newest.no), newest.reason
    cause = cause_told("clause-changed", actor, now, no=no, reason=reason)
    moved = move_runs(newest, cause=cause)
    Alert.objects.bulk_create(moved.clocks.alerts)
    append(*moved.entries(newest, now=now))
    return moved.number


@transaction.atomic
def open_runs(found: Recurring, *, now: datetime) -> int:
    """Open a run for everybody who bears the clause and has none; how many is returned.

    The first run of a bearer is the first that is not over yet; each further one follows on the one
    before, however late that is. The number of queries does not grow with the bearers.
    """
    _locked(found.treaty.pk)
    found = as_recurring(_newest(found.version.clause_id))
    clocks = list(_next_clocks(found, now))
    if not clocks:
        return 0
    case = _case_of(found.treaty)
    for clock in clocks:
        clock.deadline.case = case
    Deadline.objects.bulk_create([clock.deadline for clock in clocks])
    groups: dict[date, list[Clock]] = defaultdict(list)
    for clock in clocks:
        groups[clock.deadline.run_from or date.min].append(clock)
    actor = system_user(now)
    for run_from, group in groups.items():
        _store(found, group, case, _began(run_from, actor, now))
    return len(clocks)


def _began(run_from: date, actor: User, now: datetime) -> Cause:
    return cause_told("run-began", actor, now, on=run_from.isoformat())


def _store(found: Recurring, clocks: Sequence[Clock], case: Case, cause: Cause) -> None:
    stored = store(clocks, cause=cause)
    Alert.objects.bulk_create(stored.alerts)
    body = {
        "case": case.pk,
        "run_from": cause.told["on"],
        "runs": [clock.deadline.pk for clock in clocks],
    }
    rows = tuple(stored.versions)
    append(Entry("runs-opened", found.version.clause, cause.at, rows=rows, body=body))


def _next_clocks(found: Recurring, now: datetime) -> Iterable[Clock]:
    today = day_in(found.treaty.zone, now)
    last = {run.bearer_id: run for run in _last_runs(found)}
    voided = _voided(found.version.clause_id)
    for key, bearer in found.bearers(today).items():
        before = last.get(key)
        if before is not None and not is_over(before, now):
            continue
        coming = next_run(found, bearer, before, voided.get(key), now)
        if coming is not None:
            run_from, result = coming
            yield Clock(new_run(found, bearer, run_from), result, found.version)


def next_run(
    found: Recurring,
    bearer: Member | None,
    before: Deadline | None,
    void: date | None,
    now: datetime,
) -> tuple[date, Result] | None:
    """From which day on the next run can end, and what it comes to.

    A bearer that had no run, or whose last one was voided, or that was no party meanwhile, begins
    today: nothing is owed for the time between.
    """
    today = day_in(found.treaty.zone, now)
    if before is None:
        return found.coming_run(bearer, today, now)
    version = before.version
    steps = [TraceStep.from_data(step) for step in version.trace]
    run_from = day_after(steps, version.zone)
    was_away = bearer is not None and bearer.in_force_on > run_from
    if was_away or (void is not None and void > (before.run_from or void)):
        return found.coming_run(bearer, max(run_from, today), now)
    result = found.run(bearer, run_from)
    return None if result is None else (run_from, result)


def is_over(run: Deadline, now: datetime) -> bool:
    """Whether its day is over, and it was settled: the next one is opened then."""
    is_past = run.due_at is not None and run.due_at <= now
    return is_past and run.status not in COUNTING


def _last_runs(found: Recurring) -> list[Deadline]:
    """The last run of each bearer, those excepted that were voided: one query."""
    runs = Deadline.objects.runs().filter(clause=found.version.clause_id)
    if found.owed_by != Deadline.OwedBy.EACH_PARTY:
        joint = runs.filter(bearer=None).order_by("-run_from")
        return list(joint.select_related("current_version")[:1])
    later = runs.filter(bearer=OuterRef("bearer"), run_from__gt=OuterRef("run_from"))
    last = runs.filter(~Exists(later), bearer__isnull=False)
    return list(last.select_related("current_version"))


def _voided(clause: int) -> dict[int | None, date]:
    """The day from which the last voided run of each bearer could end: one query."""
    void = Deadline.objects.filter(run_from__isnull=False, clause=clause, status="void")
    rows = void.order_by("run_from").values_list("bearer", "run_from")
    return {bearer: run_from for bearer, run_from in rows if run_from is not None}


def new_run(found: Recurring, bearer: Member | None, run_from: date) -> Deadline:
    """One more run, of no case yet; returned, not inserted."""
    return Deadline(
        run_from=run_from,
        origin=Deadline.Origin.CLAUSE,
        clause=found.version.clause,
        owed_by=found.owed_by,
        bearer=bearer.party if bearer else None,
        status="running",
    )


def _case_of(treaty: Treaty) -> Case:
    """The live case in which all runs of a treaty stand; its lock is held."""
    case = Case.objects.live().recurring().filter(treaty=treaty).select_related("treaty").first()
    if case is not None:
        return case
    return Case.objects.create(treaty=treaty, title=CASE_TITLE, opened_by={"kind": RECURRING})
