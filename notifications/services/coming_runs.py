"""The runs of recurring clauses that will be opened, each when the one before ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

from notifications.clauses.results import Result
from notifications.models import Case, Deadline, DeadlineVersion, columns_of
from notifications.services.calendar import day_in
from notifications.services.expected import LiveClock
from notifications.services.run_counting import Recurring, recurring_clauses
from notifications.services.runs import is_over, new_run, next_run

# A clause and who bears it: None for all together.
Line = tuple[int, int | None]


@dataclass
class ComingRuns:
    """The runs to come up to an instant, unsaved, and on which days each line falls due."""

    clocks: list[LiveClock] = field(default_factory=list)
    due: dict[Line, list[datetime]] = field(default_factory=dict)

    def next_due(self, run: Deadline) -> datetime | None:
        """When the duty falls due again after a run, as far as that is foreseen."""
        later = self.due.get((run.clause_id or 0, run.bearer_id), ())
        return min((at for at in later if run.due_at is None or at > run.due_at), default=None)


def foresee_runs(*, now: datetime, until: datetime) -> ComingRuns:
    """What the sweeps will open up to ``until`` as things stand: five queries."""
    last = {(run.clause_id or 0, run.bearer_id): run for run in _last_runs()}
    void = {(clause or 0, bearer): on for clause, bearer, on in _voided() if on is not None}
    cases = {case.treaty_id: case for case in Case.objects.live().recurring()}
    coming = ComingRuns()
    for line, run in last.items():
        coming.due[line] = [run.due_at] if run.due_at else []
    for found in recurring_clauses():
        treaty, clause = found.treaty, found.version.clause_id
        case = cases.get(treaty.pk) or Case(origin=Case.Origin.LIVE)
        case.treaty = treaty
        today = day_in(treaty.zone, now)
        bearers = {*found.bearers(today), *(b for c, b in last if c == clause)}
        for bearer in bearers:
            line = (clause, bearer)
            for clock in _line(found, line, last.get(line), void.get(line), (now, until)):
                clock.deadline.case = case
                coming.clocks.append(clock)
                coming.due.setdefault(line, []).append(clock.version.due_at or now)
    return coming


def _last_runs() -> list[Deadline]:
    """The last run of each line, those excepted that were voided."""
    runs = Deadline.objects.runs()
    later = runs.filter(
        Q(bearer=OuterRef("bearer")) | Q(bearer=None),
        clause=OuterRef("clause"),
        run_from__gt=OuterRef("run_from"),
    )
    return list(runs.filter(~Exists(later)).select_related("current_version"))


def _voided() -> list[tuple[int | None, int | None, date | None]]:
    void = Deadline.objects.filter(run_from__isnull=False, status="void").order_by("run_from")
    return list(void.values_list("clause", "bearer", "run_from"))


def _line(
    found: Recurring,
    line: Line,
    before: Deadline | None,
    void: date | None,
    span: tuple[datetime, datetime],
) -> Iterator[LiveClock]:
    """One run after the other, each opened at the end of the one before, at the earliest now."""
    opened_at, until = span
    if before is not None and before.due_at is not None and not is_over(before, opened_at):
        opened_at = max(opened_at, before.due_at)
    while opened_at <= until:
        bearers = found.bearers(day_in(found.treaty.zone, opened_at))
        if line[1] not in bearers:
            return
        bearer = bearers[line[1]]
        coming = next_run(found, bearer, before, void, opened_at)
        if coming is None:
            return
        run_from, result = coming
        before = new_run(found, bearer, run_from)
        version = _version(found, before, result, opened_at)
        before.current_version, before.due_at = version, version.due_at
        yield LiveClock(before, version, None, frozenset())
        opened_at = max(opened_at, version.due_at or until)


def _version(
    found: Recurring, run: Deadline, result: Result, computed_at: datetime
) -> DeadlineVersion:
    return DeadlineVersion(
        deadline=run,
        no=1,
        clause_version=found.version,
        **columns_of(result),
        computed_at=computed_at,
    )
