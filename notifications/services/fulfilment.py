"""What an act does to the clocks of the act it refers to: fulfil, answer, take back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from notifications.clauses.explain import TraceStep
from notifications.clauses.instants import day_of
from notifications.errors import RuleBrokenError
from notifications.lifecycle import COUNTING, DEADLINE, UNFINISHED, UNTIMELY, sources
from notifications.models import (
    Deadline,
    DeadlineVersion,
    Notification,
    Party,
    Response,
    TreatyDepositary,
    taken_back,
)
from notifications.services.alerts import void_alerts
from notifications.services.silence import meaning_of, propose, speaks_in


def done_on(notification: Notification) -> date:
    """The day on which it was done: a conference when held, any other when given."""
    held = notification.fields.get("held_on")
    return date.fromisoformat(held) if held else notification.given_on


def standing(
    deadline: Deadline, done: date, today: date, *, done_at: datetime | None = None
) -> str:
    """How an act done on a day stands to a duty: ``to-come``, ``early``, ``met`` or ``late``.

    A clock in hours is held against the instant, where it is known; else the day counts.
    """
    version = deadline.version
    if done > today:
        return "to-come"
    if done_at is not None and version.is_exact and version.due_at is not None:
        if version.opens_at is not None and done_at < version.opens_at:
            return "early"
        return "late" if done_at >= version.due_at else "met"
    if done < (version.opens_on or _begins_on(version)):
        return "early"
    return "late" if version.due_on is not None and done > version.due_on else "met"


def _begins_on(version: DeadlineVersion) -> date:
    """The day from which the clock runs; nothing is too early for what is counted backwards."""
    first = TraceStep.from_data(version.trace[0]).after if version.trace else None
    if first is None or version.due_on is None:
        return date.min
    since = day_of(first, version.zone)
    return since if since <= version.due_on else date.min


def fulfil(notification: Notification, senders: Sequence[Party], *, today: date) -> dict[str, Any]:
    """Settle what the act fulfils of the act it refers to; what the event must say is returned.

    A conference to be held later settles nothing yet: the sweep looks again on its day. Where
    silence would mean something, an act in time breaks that of its senders.
    """
    target = notification.refers_to
    if target is None:
        return {}
    if notification.act == "rescission":
        return {"voided": _take_back(target, on=today)}
    said: dict[str, list[int]] = {}
    done = done_on(notification)
    for deadline in _open_duties(notification, senders):
        how = standing(deadline, done, today, done_at=_instant_of(notification))
        # A silence that has lapsed is over: what is said later breaks it no more.
        if how == "met" or (how == "late" and not meaning_of(deadline)):
            settle(deadline, on=done, met_by=notification)
        said.setdefault(how, []).append(deadline.pk)
    return said


def _instant_of(notification: Notification) -> datetime | None:
    """The instant at which it was done; a conference is known by its day alone."""
    return None if notification.fields.get("held_on") else notification.given_at


def _open_duties(notification: Notification, senders: Sequence[Party]) -> list[Deadline]:
    """The target's clocks that this act can end: a duty to do it, an answer, a silence."""
    duties = (
        Deadline.objects.filter(
            notification=notification.refers_to, status__in=sources(DEADLINE, "meet")
        )
        .select_for_update(of=("self",))
        .with_reasons()
        .select_related("notification")
        .order_by("pk")
    )
    keys = {party.pk for party in senders}
    return [deadline for deadline in duties if fits(deadline, notification.act, keys)]


def fits(deadline: Deadline, act: str, senders: set[int]) -> bool:
    """Whether an act of these parties can end the clock: its duty's act, by who bears it.

    An objection or an acceptance ends the silence of the party that gives it.
    """
    version = deadline.version.clause_version
    if version is None:
        return deadline.bearer_id in senders
    if speaks_in(deadline, act, senders):
        return True  # also before its time runs
    if deadline.version.duty.get("act") != act or deadline.version.due_on is None:
        return False
    if deadline.bearer_id is not None:
        return deadline.bearer_id in senders
    if deadline.owed_by != Deadline.OwedBy.DEPOSITARIES:
        return True
    treaty = deadline.act.treaty_id
    return TreatyDepositary.objects.filter(treaty=treaty, party__in=senders).exists()


def _take_back(target: Notification, *, on: date) -> list[int]:
    """Void the unfinished clocks of a notice that was taken back; the keys are returned.

    Of a joint notice a party takes back its own part: what others bear, and what is borne jointly,
    runs on until the last of them has.
    """
    senders = set(target.sender_rows.values_list("party", flat=True))
    left = senders - {party for _act, party in taken_back([target.pk])}
    unfinished = (
        Deadline.objects.filter(notification=target, status__in=(*UNFINISHED, *UNTIMELY))
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    voided = [clock for clock in unfinished if not left or clock.bearer_id in senders - left]
    keys = [clock.pk for clock in voided]
    Deadline.objects.filter(pk__in=keys).update(status="void", settled_on=on)
    void_alerts(voided)
    return keys


def settle(
    deadline: Deadline,
    *,
    on: date,
    met_by: Notification | None = None,
    answered_by: Response | None = None,
) -> None:
    """Record that a clock was met, in time or late; its alerts are void."""
    deadline.status = "met"
    deadline.met_by, deadline.answered_by, deadline.settled_on = met_by, answered_by, on
    deadline.save(update_fields=["status", "met_by", "answered_by", "settled_on"])
    void_alerts([deadline])
    spoken_at = answered_by.given_at if answered_by else met_by.entered_at if met_by else None
    proposed = propose(deadline, now=spoken_at) if spoken_at else None
    if proposed is not None:  # the last of those that were asked has spoken
        proposed.save()


def refuse_late_rescission(
    target: Notification, senders: Sequence[Party], *, now: datetime | None
) -> None:
    """A revocation is possible until the effect, by who gave the notice (VCLT 68).

    The effect has come when its instant has, whether a sweep has seen it yet or not.

    Raises RuleBrokenError.
    """
    come = Q(status="effective")
    if now is not None:
        come |= Q(status__in=COUNTING, due_at__lte=now, origin=Deadline.Origin.CLAUSE)
    own = [party.pk for party in senders]
    effects = target.deadlines.filter(come, bearer__in=own).with_reasons()
    rules = [clock.version.clause_version.rule for clock in effects if clock.version.clause_version]
    if any(rule["yields"] == "effect" for rule in rules):
        raise RuleBrokenError(
            gettext("It has taken effect; it can no longer be taken back (VCLT 68).")
        )
    given_by = set(target.sender_rows.values_list("party", flat=True))
    if not set(own) <= given_by:
        raise RuleBrokenError(gettext("Only the party that gave the notice can take it back."))
    if any(party in own for _act, party in taken_back([target.pk])):
        raise RuleBrokenError(gettext("The notice has been taken back already."))
