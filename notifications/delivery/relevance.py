"""Whether a message still tells its reader the truth when its turn has come."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from notifications.clauses.compute import BEGINNING
from notifications.delivery.chasing import MISSIONS, silent_addressees
from notifications.delivery.departed import departed_among
from notifications.delivery.rows import among
from notifications.lifecycle import COUNTING
from notifications.models import Alert, DeadlineVersion, Message, User
from notifications.models.alerts import AlertQuerySet


def undue_among(
    messages: Collection[Message], *, now: datetime, is_again: bool = False
) -> list[Message]:
    """Those that must not go out any more: their alert is moot, their reader gone or told more.

    Gone is also whose mandate has ended: nobody reads more of a matter than is theirs.

    Their ``user`` must be joined, and of their alerts what ``is_moot`` asks for. Many messages are
    of one alert, of which it is asked once. ``is_again``: an administrator writes them once more,
    whatever was told since.
    """
    alerts = {message.alert_id: message.alert for message in messages}
    moot = {key for key, alert in alerts.items() if is_moot(alert, now=now)}
    settled = _confirmed(messages) | departed_among(messages, now=now)
    if not is_again:
        settled |= _overtaken(messages)
    return [m for m in messages if m.alert_id in moot or m.pk in settled or not m.user.is_active]


def awaiting_newer(
    messages: Collection[Message], faulty: Collection[int], *, now: datetime
) -> list[Message]:
    """Those of whose deadlines a newer stage is due as well, and has not become messages yet.

    After an interruption both wait: the older one must not leave before it is known whom the newer
    one tells. For alerts that are ``faulty``, by key, nothing waits. One query, and none where no
    stage is among them.
    """
    stages = _stages(messages)
    if not stages:
        return []
    due = (
        Alert.objects.due(now)
        .exclude(pk__in=faulty)
        .filter(
            kind=Alert.Kind.DEADLINE,
            deadline_version__deadline__in={deadline for _message, deadline in stages.values()},
        )
    )
    last: dict[int, datetime] = {}
    for deadline, at in due.values_list("deadline_version__deadline", "due_at"):
        last[deadline or 0] = max(at, last.get(deadline or 0, at))
    return [
        message
        for message, deadline in stages.values()
        if last.get(deadline, message.alert.due_at) > message.alert.due_at
    ]


def look_again(messages: Collection[Message], *, now: datetime) -> list[Message]:
    """The same of messages that a worker has held for a while: what it asks for is read anew."""
    alerts = with_relevance().in_bulk({message.alert_id for message in messages})
    users = {message.user_id for message in messages}
    active = set(
        User.objects.filter(among("pk", users), is_active=True).values_list("pk", flat=True)
    )
    for message in messages:
        message.alert = alerts[message.alert_id]
        message.user.is_active = message.user_id in active
    return undue_among(messages, now=now)


def with_relevance() -> AlertQuerySet:
    """Alerts with all that ``undue_among`` asks for."""
    return Alert.objects.select_related(
        "case__treaty",
        "deadline_version__clause_version",
        "deadline_version__deadline__current_version",
    )


def _overtaken(messages: Iterable[Message]) -> set[int]:
    """Which of these tell an older stage than their reader was given since, by key.

    A worker held them meanwhile, and died or could not send them. Whom an administrator writes to
    again, is told what they say. One query, and none where no stage is among them.
    """
    stages = _stages(messages)
    if not stages:
        return set()
    newer = Message.objects.filter(
        among("user_id", {message.user_id for message, _deadline in stages.values()}),
        alert__kind=Alert.Kind.DEADLINE,
        alert__deadline_version__deadline__in={deadline for _message, deadline in stages.values()},
        alert__due_at__gt=min(message.alert.due_at for message, _deadline in stages.values()),
    ).exclude(state="void")
    given = newer.values_list("alert__deadline_version__deadline", "user", "alert__due_at")
    last: dict[tuple[int, int], datetime] = {}
    for deadline, user, at in given:
        last[deadline, user] = max(at, last.get((deadline, user), at))
    return {
        key
        for key, (message, deadline) in stages.items()
        if last.get((deadline, message.user_id), message.alert.due_at) > message.alert.due_at
    }


def _stages(messages: Iterable[Message]) -> dict[int, tuple[Message, int]]:
    """By their keys those that tell a stage of a live deadline, with that deadline's key."""
    return {
        message.pk: (message, version.deadline_id)
        for message in messages
        if (version := message.alert.deadline_version) is not None
        and message.alert.kind == Alert.Kind.DEADLINE
        and message.alert.case.is_live
        and message.resend_of_id is None
    }


def _confirmed(messages: Iterable[Message]) -> set[int]:
    """Which of these ask for an acknowledgement that has come, by key: of the party, or of all.

    One query, and none where nothing of the kind is among them.
    """
    chases = [m for m in messages if m.alert.kind == Alert.Kind.UNACKNOWLEDGED]
    silent = silent_addressees({m.alert.notification_id or 0 for m in chases})
    confirmed = set()
    for message in chases:
        left = silent.get(message.alert.notification_id or 0, set())
        is_of_party = message.alert.stage == MISSIONS
        if not left or (is_of_party and message.party_id not in left):
            confirmed.add(message.pk)
    return confirmed


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
