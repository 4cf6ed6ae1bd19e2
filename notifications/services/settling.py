"""What time alone brings about: a lapse, an effect, the end of a participation, silence, the close.

Each function settles one record in one transaction, and looks again under its lock whether there
is still something to settle: two sweeps at once do it once.
"""

from __future__ import annotations

import logging
from datetime import date, datetime
from typing import Any

from django.db import transaction

from notifications.lifecycle import DEADLINE, NOTIFICATION, UNFINISHED, follow
from notifications.models import Alert, Deadline, Notification, Participation, Progress
from notifications.register import Entry, append
from notifications.services.alerts import act_alert, lapse_stage, void_alerts
from notifications.services.fulfilment import done_on, settle, standing

logger = logging.getLogger(__name__)


def _locked(key: int, now: datetime) -> Deadline | None:
    """The deadline, under its lock, if it is still running and past its end."""
    return (
        Deadline.objects.due(now)
        .filter(pk=key)
        .select_for_update(of=("self",))
        .select_related("notification__case", "notification__treaty", "case")
        .with_reasons()
        .first()
    )


@transaction.atomic
def end_deadline(key: int, *, now: datetime) -> str | None:
    """Let a clock that has run out lapse, or let its effect come; the new status is returned."""
    deadline = _locked(key, now)
    if deadline is None:
        return None
    clause_version = deadline.version.clause_version
    if clause_version is not None and clause_version.rule["yields"] == "effect":
        return _take_effect(deadline, now)
    return _lapse(deadline, now)


def _follow(deadline: Deadline, verb: str) -> str:
    status = follow(DEADLINE, deadline.status, verb)
    if status is None:
        raise ValueError(f"deadline {deadline.pk}: no {verb} from {deadline.status}")
    deadline.status, deadline.settled_on = status, deadline.version.due_on
    deadline.save(update_fields=["status", "settled_on"])
    return status


def _lapse(deadline: Deadline, now: datetime) -> str:
    status = _follow(deadline, "lapse")
    void_alerts([deadline])
    lapse_stage(deadline.version, now=now).save()
    append(_entry("deadline-lapsed", deadline, now))
    return status


def _take_effect(deadline: Deadline, now: datetime) -> str:
    status = _follow(deadline, "take-effect")
    void_alerts([deadline], except_stages=["day"])
    body: dict[str, Any] = {}
    if deadline.notification.act == "withdrawal" and deadline.bearer is not None:
        body = {"participation": end_participation(deadline)}
        kind = Alert.Kind.PARTICIPATION
        act_alert(deadline.notification, kind, now=now, stage=deadline.bearer.code).save()
    append(_entry("deadline-took-effect", deadline, now, body))
    return status


def end_participation(deadline: Deadline) -> dict[str, Any]:
    """Record that the bearer is a party no longer; what the event must say of it is returned.

    An exit that is already known is confirmed; a different one is reported, never overwritten. A
    replay writes nothing (model.md, Participation).
    """
    exit_on = deadline.version.due_on
    said: dict[str, Any] = {"exit_on": exit_on.isoformat() if exit_on else None}
    if not deadline.case.is_live or exit_on is None:
        return {**said, "outcome": "replayed"}
    rows = Participation.objects.filter(party=deadline.bearer, treaty=deadline.notification.treaty)
    known = rows.select_for_update().order_by("-in_force_on").first()
    if known is None:
        return {**said, "outcome": "unknown before"}
    if known.exit_on is None and known.in_force_on < exit_on:
        known.exit_on, known.notification = exit_on, deadline.notification
        known.save(update_fields=["exit_on", "notification"])
        return {**said, "outcome": "ended"}
    if known.exit_on == exit_on:
        Participation.objects.filter(pk=known.pk, notification=None).update(
            notification=deadline.notification
        )
        return {**said, "outcome": "confirmed"}
    logger.warning("participation %s: its end differs from the one that took effect", known.pk)
    on_record = known.exit_on.isoformat() if known.exit_on else None
    return {**said, "outcome": "differs", "on_record": on_record}


@transaction.atomic
def record_silence(notification: Notification, *, now: datetime) -> int:
    """Let the sender's limits lapse for every party that did not answer: an event each."""
    silent = list(
        Deadline.objects.due(now)
        .filter(notification=notification, origin=Deadline.Origin.RESPOND_BY)
        .select_for_update(of=("self",))
        .select_related("notification__case", "case")
        .with_reasons()
        .order_by("pk")
    )
    for deadline in silent:
        _follow(deadline, "lapse")
    void_alerts(silent)
    Alert.objects.bulk_create([lapse_stage(item.version, now=now) for item in silent])
    append(
        *(
            _entry(
                "silence-recorded", item, now, {"party": item.bearer.code if item.bearer else ""}
            )
            for item in silent
        )
    )
    return len(silent)


@transaction.atomic
def note_conference_held(conference: Notification, *, today: date, now: datetime) -> int:
    """Settle the duties that a conference, convened for a day that has now come, fulfils."""
    duties = (
        Deadline.objects.unfinished()
        .filter(notification=conference.refers_to, clause__isnull=False)
        .select_for_update(of=("self",))
        .select_related("notification__case", "case")
        .with_reasons()
    )
    met = []
    for deadline in duties:
        version = deadline.version.clause_version
        duty = (version.rule.get("duty") or {}) if version else {}
        is_due = deadline.version.due_on is not None and duty.get("act") == conference.act
        if is_due and standing(deadline, done_on(conference), today) in ("met", "late"):
            settle(deadline, on=done_on(conference), met_by=conference)
            met.append(_entry("deadline-met", deadline, now, {"met_by": conference.pk}))
    if met:
        append(*met)
    return len(met)


@transaction.atomic
def close_notification(key: int, *, now: datetime) -> bool:
    """Close an act of which nothing is awaiting or running any more."""
    progress = (
        Progress.objects.select_for_update(of=("self",))
        .select_related("notification")
        .filter(pk=key)
        .first()
    )
    status = follow(NOTIFICATION, progress.status, "close") if progress else None
    if progress is None or status is None:
        return False
    notification = progress.notification
    if notification.deadlines.filter(status__in=UNFINISHED).exists():
        return False
    Progress.objects.filter(pk=progress.pk).update(status=status)
    append(Entry("notification-closed", notification, now))
    return True


def _entry(
    act: str, deadline: Deadline, now: datetime, body: dict[str, Any] | None = None
) -> Entry:
    due_on = deadline.version.due_on
    said = {
        "notification": deadline.notification_id,
        "due_on": due_on.isoformat() if due_on else None,
    }
    return Entry(act, deadline, now, body={**said, **(body or {})})
