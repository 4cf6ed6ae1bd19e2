"""Planning: which stages of a deadline, and which acts, are told to whom and when (alerts.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q

from notifications.clauses.compute import BEGINNING
from notifications.clauses.instants import start_of_day
from notifications.delivery import chasing
from notifications.delivery.repeating import first_after
from notifications.models import (
    Alert,
    Case,
    Deadline,
    DeadlineVersion,
    Ladder,
    Message,
    Notification,
    Response,
)
from notifications.services.rungs import HOURS, Ladders, kind_of

# Whom each kind of act concerns, besides the people a deadline of its own concerns.
OF_ACTS: Final = {
    Alert.Kind.ISSUED: "addressees+senders",
    Alert.Kind.RECEIVED: "senders+depositaries",
    Alert.Kind.CIRCULATED: "addressees+senders+depositaries",
    Alert.Kind.ACKNOWLEDGED: "senders",
    Alert.Kind.RESPONDED: "senders+depositaries",
    Alert.Kind.DEFECT: "senders",
    Alert.Kind.DISPUTED: "addressees+senders+depositaries",
    Alert.Kind.FACT: "addressees+senders+depositaries",
    Alert.Kind.PROPOSED: "depositaries",
    Alert.Kind.CONFIRMED: "addressees+senders+depositaries",
    Alert.Kind.PARTICIPATION: "senders+parties+depositaries",
    Alert.Kind.UNACKNOWLEDGED: "unacknowledged",
}


def act_alert(
    notification: Notification,
    kind: Alert.Kind,
    *,
    now: datetime,
    stage: str = "",
    response: Response | None = None,
) -> Alert:
    """One alert of an act, due at once; returned, not inserted."""
    return Alert(
        case=notification.case,
        notification=notification,
        response=response,
        kind=kind,
        stage=stage,
        audience=OF_ACTS[kind],
        due_at=now,
    )


def chase_alert(notification: Notification, *, now: datetime) -> Alert:
    """What is told of an act issued at ``now`` that nobody acknowledges; returned, not inserted."""
    chase = act_alert(notification, Alert.Kind.UNACKNOWLEDGED, now=now, stage=chasing.MISSIONS)
    chase.due_at = now + chasing.AFTER
    return chase


def planned_stages(
    version: DeadlineVersion, *, now: datetime, ladders: Ladders, is_moved: bool = False
) -> Iterator[Alert]:
    """The stages of a version that are still to come at ``now``, each at 00:00 in its zone.

    Of those whose moment has passed the newest is due at once. At first that is the opening or the
    day itself, for a rung longer than the clock is dropped; where the date has moved, any: whoever
    was told of the old day is told of the new one, by a rung of the kind's ladder before one that
    only single persons asked for. Returned, not inserted.
    """
    if _is_over(version, now):
        return
    extra = ladders.extra_of(version)
    passed = {False: "", True: ""}
    days, hours = (*ladders.of(version), *extra), ladders.hours_of(version)
    for at, stage in moments(version, days, hours):
        is_extra = stage in {f"before-{days}" for days in extra}
        if at > now:
            yield stage_alert(version, stage, at, is_extra=is_extra)
        elif is_moved or not stage.startswith("before-"):
            passed[is_extra] = stage
    if newest := passed[False] or passed[True]:
        yield stage_alert(version, newest, now, is_extra=not passed[False])


def extra_stages(version: DeadlineVersion, days: Collection[int], *, now: datetime) -> list[Alert]:
    """Rungs that a person has asked for since the version was planned, those still to come."""
    if _is_over(version, now):
        return []
    wanted = {f"before-{rung}" for rung in days}
    return [
        stage_alert(version, stage, at, is_extra=True)
        for at, stage in moments(version, days, HOURS)
        if at > now and stage in wanted
    ]


def _is_over(version: DeadlineVersion, now: datetime) -> bool:
    """Nothing is left to be told: a lapse is told once it is settled, an effect on any day."""
    return version.due_at is None or (version.due_at <= now and not _is_effect(version))


def moments(
    version: DeadlineVersion, ladder: Iterable[int], hours: Iterable[int]
) -> list[tuple[datetime, str]]:
    """Every stage with its instant, in their order; of two at once the rung comes first.

    ``ladder`` are days before the date; of a clock in hours, ``hours`` before its instant count.
    """
    if version.due_on is None or version.due_at is None:
        return []
    zone = version.zone
    if version.is_exact:
        return _hourly_moments(version, version.due_at, hours)
    rungs = [(version.due_on - timedelta(days=days), f"before-{days}") for days in ladder]
    moments = [(start_of_day(day, zone), stage) for day, stage in rungs]
    if version.opens_at is not None:
        moments.append((version.opens_at, "opens"))
    moments.append((start_of_day(version.due_on, zone), "day"))
    return sorted(moments, key=lambda moment: moment[0])


def _hourly_moments(
    version: DeadlineVersion, due_at: datetime, hours: Iterable[int]
) -> list[tuple[datetime, str]]:
    """The rungs of a clock in hours, and its instant; ``before-24h`` is 24 hours before it."""
    moments = [(due_at - timedelta(hours=number), f"before-{number}h") for number in hours]
    if version.opens_at is not None:
        moments.append((version.opens_at, "opens"))
    return sorted([*moments, (due_at, "day")], key=lambda moment: moment[0])


def lapse_stage(version: DeadlineVersion, *, now: datetime) -> Alert:
    """The day after: planned only once the deadline has lapsed, however late that was noticed."""
    return stage_alert(version, "after-1", first_after(version) or now)


def void_before_lapse(deadlines: Iterable[Deadline]) -> None:
    """Void what is still planned ahead of deadlines that have lapsed.

    At the instant at which a clock in hours ends, that is told; of a day, the day after.
    """
    lapsed = list(deadlines)
    void_alerts(one for one in lapsed if not one.version.is_exact)
    void_alerts((one for one in lapsed if one.version.is_exact), except_stages=["day"])


def stage_alert(
    version: DeadlineVersion, stage: str, at: datetime, *, is_extra: bool = False
) -> Alert:
    """One stage of a version, due at an instant; returned, not inserted."""
    deadline = version.deadline
    return Alert(
        case=deadline.case,
        notification=deadline.notification,
        deadline_version=version,
        kind=Alert.Kind.DEADLINE,
        stage=stage,
        audience=_audience(version, stage),
        due_at=at,
        is_extra=is_extra,
    )


def _audience(version: DeadlineVersion, stage: str) -> str:
    """Before the day who must act, on it the depositaries too; after a lapse who waited for it.

    An effect concerns every party from the first. A clock for each party is told to that party
    alone, and not to all of them; what it failed to do, to the depositaries.
    """
    deadline = version.deadline
    if deadline.owed_by == Deadline.OwedBy.DEPOSITARIES:
        return "depositaries+parties" if _has_lapsed(stage) else "depositaries"
    is_answer = deadline.origin == Deadline.Origin.RESPOND_BY
    if is_answer or kind_of(version) == Ladder.AppliesTo.DUTY:
        if _has_lapsed(stage):
            return "bearer+senders+depositaries"
        bearing = _bearing(deadline)
        if stage == "day" and deadline.owed_by != Deadline.OwedBy.EACH_PARTY:
            # The instant of a clock in hours is its end: who waits for the answer is told too.
            return f"{bearing}+{'senders+' if version.is_exact else ''}depositaries"
        return bearing
    if deadline.owed_by == Deadline.OwedBy.EACH_PARTY:
        return "bearer"
    return "bearer+parties+depositaries"


def _has_lapsed(stage: str) -> bool:
    return stage.startswith("after-")


def _bearing(deadline: Deadline) -> str:
    return "parties" if deadline.owed_by == Deadline.OwedBy.PARTIES else "bearer"


def _is_effect(version: DeadlineVersion) -> bool:
    """Whether something comes on its day: an effect, or a right that begins."""
    return version.clause_version is not None and version.clause_version.rule["yields"] in BEGINNING


def void_alerts(deadlines: Iterable[Deadline], *, except_stages: Iterable[str] = ()) -> int:
    """Void what is still planned, and what waits unsent, of these deadlines.

    What a worker holds is left to it: it looks itself whether a message still tells the truth
    (delivery/relevance); what a replay expanded goes out. The number of alerts voided is returned.
    """
    keys = [deadline.pk for deadline in deadlines]
    if not keys:
        return 0
    theirs = Alert.objects.filter(
        ~Q(stage__in=list(except_stages)),
        kind=Alert.Kind.DEADLINE,
        deadline_version__deadline__in=keys,
    )
    void = theirs.planned().update(state=Alert.State.VOID)
    # Second: what a sweep expanded while the line above waited for it is seen here.
    live = theirs.in_case(None)
    Message.objects.filter(state="pending", lease_by="", alert__in=live).update(state="void")
    return void


# The stage, the days it told of, and the instant.
Told = tuple[str, date | None, date | None, datetime | None]


def as_told(alert: Alert) -> Told:
    """What an alert of a deadline tells: its stage, and the day or the window."""
    version = alert.deadline_version
    if version is None:
        return (alert.stage, None, None, None)
    return (alert.stage, version.opens_on, version.due_on, version.due_at)


def last_told(deadlines: Iterable[Deadline]) -> dict[int, Told]:
    """What people heard last of each deadline, by its key, where all who were to hear it did."""
    messages = Message.objects.filter(alert=OuterRef("pk"))
    heard = (
        Alert.objects.filter(
            Q(case__origin=Case.Origin.REPLAY)
            | Exists(messages.filter(state__in=("accepted", "sent"))),
            state=Alert.State.EXPANDED,
            kind=Alert.Kind.DEADLINE,
            deadline_version__deadline__in=[deadline.pk for deadline in deadlines],
        )
        .annotate(is_owed=Exists(messages.filter(state__in=("pending", "void"))))
        .order_by("due_at", "pk")
        .values_list(
            "deadline_version__deadline",
            "stage",
            "deadline_version__opens_on",
            "deadline_version__due_on",
            "deadline_version__due_at",
            "case__origin",
            "is_owed",
        )
    )
    told: dict[int, Told | None] = {}
    for key, stage, opens_on, due_on, due_at, origin, is_owed in heard:
        is_whole = origin == Case.Origin.REPLAY or not is_owed
        told[key or 0] = (stage, opens_on, due_on, due_at) if is_whole else None
    return {key: said for key, said in told.items() if said}
