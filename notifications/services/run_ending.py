"""What ends or moves a run: its day, a changed clause, a party that left, its fulfilment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.lifecycle import DEADLINE, follow, sources
from notifications.models import (
    Alert,
    ClauseVersion,
    Deadline,
    Notification,
    Treaty,
    User,
)
from notifications.register import Entry, append
from notifications.services.alerts import lapse_stage, void_alerts, void_before_lapse
from notifications.services.calendar import day_in
from notifications.services.computing import Cause, Clock, Clocks, store
from notifications.services.fields import clean_text
from notifications.services.people import register_user
from notifications.services.run_counting import Member, Recurring, as_recurring

SYSTEM_ADDRESS: Final = "treatyflow@system.invalid"


def system_user(now: datetime) -> User:
    """Who computes where no person acts: the system itself, registered at its first computation."""
    known = User.objects.filter(email=SYSTEM_ADDRESS).first()
    if known is not None:
        return known
    return register_user(
        email=SYSTEM_ADDRESS, name="TreatyFlow", actor=None, now=now, is_system=True
    )


@dataclass
class MovedRuns:
    """The runs of one clause with a new version, and those that were voided."""

    clocks: Clocks = field(default_factory=Clocks)
    voided: list[Deadline] = field(default_factory=list)

    @property
    def number(self) -> int:
        """How many runs are not what they were."""
        return len(self.clocks.versions) + len(self.voided)

    def entries(
        self, version: ClauseVersion, *, now: datetime, actor: User | None = None
    ) -> Iterator[Entry]:
        """What the register must say of them."""
        body: dict[str, Any] = {"version": version.no}
        if self.clocks.versions:
            rows = tuple(self.clocks.versions)
            yield Entry("runs-moved", version.clause, now, actor, rows, body)
        if self.voided:
            gone = body | {"runs": [run.pk for run in self.voided]}
            yield Entry("runs-voided", version.clause, now, actor, body=gone)


def move_runs(version: ClauseVersion, *, cause: Cause) -> MovedRuns:
    """Compute the unfinished runs of a clause anew by its newest version.

    Void are those of a clause that recurs no more, or is borne by others now, and of a party that
    had left by the day; also where the newest version comes to no date. Alerts and events are the
    caller's, who holds the lock of the treaty.
    """
    found, moved = as_recurring(version), MovedRuns()
    clocks: list[Clock] = []
    runs = Deadline.objects.unfinished().runs().filter(clause=version.clause)
    for run in runs.select_for_update(of=("self",)).with_reasons().select_related("case__treaty"):
        is_borne, bearer = _bearer(found, run, cause.at)
        result = found.run(bearer, run.run_from) if is_borne and run.run_from else None
        if result is None:
            moved.voided.append(run)
        elif run.version.clause_version != version:
            clocks.append(Clock(run, result, version, before=run.version))
    _void(moved.voided, cause)
    changed = [clock for clock in clocks if clock.is_moved]
    void_alerts(clock.deadline for clock in changed)
    # Of a target that passed the new day may be still to come.
    again = [clock.deadline for clock in changed if not clock.is_past_target(cause.at)]
    Deadline.objects.filter(pk__in=[run.pk for run in again]).update(status="running")
    for run in again:
        run.status = "running"
    moved.clocks = store(clocks, cause=cause)
    return moved


def _bearer(found: Recurring, run: Deadline, now: datetime) -> tuple[bool, Member | None]:
    """Whether the run is borne on its day, or today where that is to come, and by which party."""
    today = day_in(found.treaty.zone, now)
    bearers = found.bearers(min(today, run.version.due_on or today))
    is_borne = run.bearer_id in bearers and run.owed_by == found.owed_by
    return is_borne, bearers.get(run.bearer_id)


def _void(runs: Iterable[Deadline], cause: Cause) -> None:
    for run in runs:
        run.status, run.settled_on = "void", day_in(run.version.zone, cause.at)
    keys = list(runs)
    Deadline.objects.bulk_update(keys, ["status", "settled_on"])
    void_alerts(keys)


@transaction.atomic
def end_runs(clause: int, *, now: datetime) -> int:
    """Let the overdue runs of a clause lapse; their number is returned.

    What is to be done "promptly" does not lapse: its target passes, and it is owed on.
    """
    Treaty.objects.select_for_update(no_key=True).get(clauses=clause)
    runs = list(
        Deadline.objects.due(now)
        .runs()
        .filter(clause=clause)
        .select_for_update(of=("self",))
        .with_reasons()
        .select_related("case__treaty")
        .order_by("pk")
    )
    entries = [_ended(run, now) for run in runs]
    Deadline.objects.bulk_update(runs, ["status", "settled_on"])
    void_before_lapse(run for run in runs if run.status == "lapsed")
    lapsed = [lapse_stage(run.version, now=now) for run in runs if run.status == "lapsed"]
    Alert.objects.bulk_create(lapsed)
    append(*entries)
    return len(runs)


def _ended(run: Deadline, now: datetime) -> Entry:
    """Settle one run in memory; its event is returned."""
    version = run.version
    is_soft = version.is_target
    verb = "pass-target" if is_soft else "lapse"
    status = follow(DEADLINE, run.status, verb)
    if status is None:
        raise ValueError(f"run {run.pk}: no {verb} from {run.status}")
    run.status, run.settled_on = status, None if is_soft else version.due_on
    return Entry("target-passed" if is_soft else "deadline-lapsed", run, now, body=_said(run))


def _said(run: Deadline) -> dict[str, str | None]:
    due_on, run_from = run.version.due_on, run.run_from
    return {
        "run_from": run_from.isoformat() if run_from else None,
        "due_on": due_on.isoformat() if due_on else None,
    }


@transaction.atomic
def fulfil_run(
    *,
    run: Deadline,
    on: date,
    actor: User,
    now: datetime,
    notification: Notification | None = None,
    note: str = "",
) -> Deadline:
    """Record that a recurring duty was fulfilled on a day, in time or late; the run is returned.

    ``notification`` is the act by which it was, where it was filed here; ``note`` says whatever
    else is to be said: that there was nothing to declare is an answer too.

    Raises NotPermittedError, or RuleBrokenError naming ``on``, ``notification`` or ``note``.
    """
    today = day_in(run.version.zone, now)
    if not permissions.can_fulfil_run(actor, run, today):
        raise NotPermittedError(gettext("You cannot record that this duty was fulfilled."))
    text = clean_text(note, field="note", label=gettext("Note"))
    locked = (
        Deadline.objects.runs()
        .select_for_update(of=("self",))
        .with_reasons()
        .select_related("case__treaty")
        .get(pk=run.pk)
    )
    _check_fulfilment(locked, on, today)
    if notification is not None:
        _check_act(locked, notification, actor, today)
    locked.status, locked.settled_on = "met", on
    locked.met_by, locked.note = notification, text
    locked.save(update_fields=["status", "settled_on", "met_by", "note"])
    void_alerts([locked])
    body = {**_said(locked), "on": on.isoformat(), "is_late": is_late(locked), "note": text}
    met_by = {"met_by": notification.pk} if notification else {}
    append(Entry("deadline-met", locked, now, actor, body={**body, **met_by}))
    return locked


def is_late(run: Deadline) -> bool:
    """Whether a run was fulfilled after its day."""
    due_on = run.version.due_on
    return due_on is not None and run.settled_on is not None and run.settled_on > due_on


def is_duty(run: Deadline) -> bool:
    """Whether a run asks for something to be done."""
    return bool(run.version.duty)


def _check_fulfilment(run: Deadline, on: date, today: date) -> None:
    """Refuse a run that asks for nothing or is fulfilled, and a day on which it could not be."""
    version = run.version
    if not is_duty(run) or run.status not in sources(DEADLINE, "meet"):
        raise RuleBrokenError(gettext("This was fulfilled already, or nothing is owed here."))
    if on > today:
        raise RuleBrokenError(gettext("Fulfilled on: the day is still to come."), field="on")
    first = max(filter(None, (run.run_from, version.opens_on)), default=on)
    if on < first:
        sentence = gettext("Fulfilled on: the day lies before the time of this duty.")
        raise RuleBrokenError(sentence, field="on")


def _check_act(run: Deadline, act: Notification, actor: User, today: date) -> None:
    """Refuse an act that the person may not read, of another treaty, or of another party."""
    readable = Notification.objects.visible_to(actor, today).live().filter(pk=act.pk)
    is_of_treaty = act.treaty_id == run.case.treaty_id and readable.exists()
    is_own = run.bearer_id is None or act.sender_rows.filter(party=run.bearer_id).exists()
    if not (is_of_treaty and is_own):
        sentence = gettext("Act: it is not one by which this duty can be fulfilled.")
        raise RuleBrokenError(sentence, field="notification")
