"""What time alone brings about: a lapse, an effect, the end of a participation, silence, the close.

Each function settles one record in one transaction, and looks again under its lock whether there
is still something to settle: two sweeps at once do it once.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from notifications.clauses.compute import BEGINNING
from notifications.lifecycle import DEADLINE, NOTIFICATION, UNFINISHED, follow, sources
from notifications.models import (
    Alert,
    Deadline,
    Notification,
    Participation,
    Progress,
    Treaty,
)
from notifications.register import Entry, append
from notifications.services.alerts import lapse_stage, void_alerts, void_before_lapse
from notifications.services.fulfilment import done_on, settle
from notifications.services.locking import lock
from notifications.services.participating import (
    ACTS_OF_JOINING,
    begin_participation,
    tell_of_participation,
)
from notifications.services.silence import propose

logger = logging.getLogger(__name__)

# What changes nothing in who is a party, or is left to a person: nobody is told of it.
UNTOLD: Final = frozenset({"differs", "provisional"})


def _locked(key: int, now: datetime) -> Deadline | None:
    """The deadline, under its act's lock, if it is still running and past its end."""
    notification = Deadline.objects.filter(pk=key).values_list("notification", flat=True).get()
    lock(notification)
    return (
        Deadline.objects.due(now)
        .filter(pk=key)
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
    if clause_version is not None and clause_version.rule["yields"] in BEGINNING:
        return _take_effect(deadline, now)
    if deadline.version.is_target:
        return _pass_target(deadline, now)
    return _lapse(deadline, now)


def _settle_as(deadline: Deadline, verb: str) -> str:
    status = follow(DEADLINE, deadline.status, verb)
    if status is None:
        raise ValueError(f"deadline {deadline.pk}: no {verb} from {deadline.status}")
    deadline.status, deadline.settled_on = status, deadline.version.due_on
    deadline.save(update_fields=["status", "settled_on"])
    return status


def _lapse(deadline: Deadline, now: datetime) -> str:
    status = _settle_as(deadline, "lapse")
    void_before_lapse([deadline])
    told = [lapse_stage(deadline.version, now=now), propose(deadline, now=now)]
    Alert.objects.bulk_create([alert for alert in told if alert is not None])
    append(_entry("deadline-lapsed", deadline, now))
    return status


def _pass_target(deadline: Deadline, now: datetime) -> str:
    """What is to be done "promptly" is owed on: that its target passed is no breach."""
    status = follow(DEADLINE, deadline.status, "pass-target")
    if status is None:
        raise ValueError(f"deadline {deadline.pk}: no target passes from {deadline.status}")
    deadline.status = status
    deadline.save(update_fields=["status"])
    append(_entry("target-passed", deadline, now))
    return status


def _take_effect(deadline: Deadline, now: datetime) -> str:
    status = _settle_as(deadline, "take-effect")
    void_alerts([deadline], except_stages=["day"])
    append(_entry("deadline-took-effect", deadline, now, _participation(deadline, now)))
    return status


def _participation(deadline: Deadline, now: datetime) -> dict[str, Any]:
    """What the effect does to who is a party, for its event: an exit, an entry, or nothing.

    An effect towards one party alone (``informed``) does neither.
    """
    version, party = deadline.version.clause_version, deadline.bearer
    if version is None or version.rule["yields"] != "effect" or party is None:
        return {}
    if deadline.owed_by != Deadline.OwedBy.NOTIFIER:
        return {}
    if deadline.act.act in ACTS_OF_JOINING:
        said = begin_participation(deadline)
    elif deadline.act.act == "withdrawal":
        said = end_participation(deadline) | _carried_over(deadline)
    else:
        return {}
    if said["outcome"] not in UNTOLD:
        tell_of_participation(deadline.act, party, now)
    return {"participation": said}


def end_participation(deadline: Deadline) -> dict[str, Any]:
    """Record that the bearer is a party no longer; what the event must say of it is returned.

    An exit that is already known is confirmed; a different one is reported, never overwritten. A
    replay writes nothing (model.md, Participation).
    """
    exit_on = exit_of(deadline)
    said: dict[str, Any] = {"exit_on": exit_on.isoformat() if exit_on else None}
    if not deadline.case.is_live or exit_on is None:
        return {**said, "outcome": "replayed"}
    return {**said, **_left(deadline, deadline.act.treaty_id, exit_on)}


def exit_of(deadline: Deadline) -> date | None:
    """The first day on which the bearer is no party: the day after an effect at the end of its."""
    version = deadline.version
    if version.due_on is None or version.clause_version is None:
        return version.due_on
    is_at_end = version.clause_version.rule.get("at") == "end"
    return version.due_on + timedelta(days=1) if is_at_end else version.due_on


def _carried_over(deadline: Deadline) -> dict[str, Any]:
    """The exits from the treaties to which the effect carries over, by their slug."""
    version = deadline.version.clause_version
    slugs = version.rule.get("cascades", []) if version else []
    exit_on = exit_of(deadline)
    if not slugs or exit_on is None or not deadline.case.is_live:
        return {"carries_over": slugs} if slugs else {}
    treaties = dict(Treaty.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    outcomes = {
        slug: _left(deadline, treaties[slug], exit_on)["outcome"]
        for slug in slugs
        if slug in treaties
    }
    return {"carries_over": outcomes}


def _left(deadline: Deadline, treaty: int, exit_on: date) -> dict[str, Any]:
    """End the bearer's participation in a treaty, or say why it is left as it is."""
    rows = Participation.objects.filter(party=deadline.bearer, treaty=treaty)
    entered = rows.filter(in_force_on__isnull=False).order_by("-in_force_on")
    known = entered.select_for_update().first()
    if known is None:
        return {"outcome": "unknown before"}
    if known.exit_on is None and known.in_force_on and known.in_force_on < exit_on:
        known.exit_on, known.notification = exit_on, deadline.notification
        known.save(update_fields=["exit_on", "notification"])
        return {"outcome": "ended"}
    if known.exit_on == exit_on:
        Participation.objects.filter(pk=known.pk, notification=None).update(
            notification=deadline.notification
        )
        return {"outcome": "confirmed"}
    logger.warning("participation %s: its end differs from the one that took effect", known.pk)
    on_record = known.exit_on.isoformat() if known.exit_on else None
    return {"outcome": "differs", "on_record": on_record}


@transaction.atomic
def record_silence(key: int, *, now: datetime) -> int:
    """Let the sender's limits lapse for every party that did not answer: an event each."""
    lock(key)
    silent = list(
        Deadline.objects.due(now)
        .filter(notification=key, origin=Deadline.Origin.RESPOND_BY)
        .select_related("notification__case", "case")
        .with_reasons()
        .order_by("pk")
    )
    for deadline in silent:
        deadline.status, deadline.settled_on = "lapsed", deadline.version.due_on
    Deadline.objects.bulk_update(silent, ["status", "settled_on"])
    void_before_lapse(silent)
    Alert.objects.bulk_create([lapse_stage(item.version, now=now) for item in silent])
    append(
        *(
            _entry("silence-recorded", item, now, {"party": item.bearer.code})
            for item in silent
            if item.bearer is not None
        )
    )
    return len(silent)


@transaction.atomic
def note_conference_held(key: int, conference: Notification, *, now: datetime) -> bool:
    """Settle a duty that a conference, convened for a day that has now come, fulfils."""
    lock(conference.refers_to_id or 0)
    deadline = (
        Deadline.objects.filter(pk=key, status__in=sources(DEADLINE, "meet")).with_reasons().first()
    )
    if deadline is None:
        return False
    held_on = done_on(conference)
    settle(deadline, on=held_on, met_by=conference)
    append(_entry("deadline-met", deadline, now, {"met_by": conference.pk}))
    return True


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
