"""Whether a message still tells its reader the truth when its turn has come."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from notifications.clauses.compute import BEGINNING
from notifications.lifecycle import COUNTING
from notifications.models import Alert, DeadlineVersion, Message


def undue_among(messages: Collection[Message], *, now: datetime) -> list[Message]:
    """Those that must not go out any more: their alert is moot, or their reader gone.

    Their ``user`` must be joined, and of their alerts what ``is_moot`` asks for. Many messages are
    of one alert, of which it is asked once.
    """
    alerts = {message.alert_id: message.alert for message in messages}
    moot = {key for key, alert in alerts.items() if is_moot(alert, now=now)}
    return [m for m in messages if m.alert_id in moot or not m.user.is_active]


def is_moot(alert: Alert, *, now: datetime) -> bool:
    """Whether the alert must not go out any more at the instant ``now``.

    It was voided; or its deadline has moved to another day, was met, voided, or is over, be it that
    no sweep has settled it yet. Some stages tell of an end: the day on which an effect came or a
    target passed, the instant of a clock in hours, and what follows a lapse. What was computed anew
    for the same days is told as planned; what a replay has expanded was true on its own clock,
    however late it goes out. That somebody could not be reached stays true. The alert's ``case``,
    ``deadline_version__clause_version`` and ``deadline_version__deadline__current_version`` must be
    joined.
    """
    if alert.state == Alert.State.VOID:
        return True
    version = alert.deadline_version
    is_settled = alert.state == Alert.State.EXPANDED and not alert.case.is_live
    if version is None or is_settled or alert.kind == Alert.Kind.UNDELIVERED:
        return False
    deadline = version.deadline
    if alert.stage == "day" and deadline.status == "effective":
        # It came on its day, whatever was found of the date since.
        return version.due_on not in (deadline.settled_on, deadline.version.due_on)
    if not version.has_days_of(deadline.version):
        return True
    if alert.stage.startswith("after-"):
        return deadline.status != "lapsed"
    is_told = alert.stage == "day" and _says_how_it_ended(version, deadline.status, now)
    is_over = deadline.status not in COUNTING or _has_ended(version, alert.stage, now)
    return is_over and not is_told


def _says_how_it_ended(version: DeadlineVersion, status: str, now: datetime) -> bool:
    """Whether its day is told though it is over.

    Of a target that passed nothing comes after it; at the instant of a clock in hours it is over.
    """
    has_passed = version.due_at is not None and version.due_at <= now
    is_passed_target = status == "open" and version.is_target and has_passed
    return is_passed_target or (status == "lapsed" and version.is_exact)


def _has_ended(version: DeadlineVersion, stage: str, now: datetime) -> bool:
    """Whether its time is over: what comes next is told as what follows a lapse.

    An effect is told on any day; a clock in hours has a stage at the instant at which it ends.
    """
    rule = version.clause_version.rule if version.clause_version else {}
    if rule.get("yields") in BEGINNING or (version.is_exact and stage == "day"):
        return False
    return version.due_at is not None and version.due_at <= now
