"""The ledger of a case: facts that move clocks after the act, each with its reason.

A date is never changed by hand: a fact is recorded, and what depends on it is computed anew, in
the same transaction, under the lock of the acts concerned.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.acts import ACTS
from notifications.errors import ChangedMeanwhileError, NotPermittedError, RuleBrokenError
from notifications.models import Alert, Case, Deadline, Fact, Notification, Party, User
from notifications.services.alerts import act_alert
from notifications.services.calendar import day_in
from notifications.services.computing import Clocks
from notifications.services.entries import SPELLS
from notifications.services.facts import recorded_facts
from notifications.services.fields import clean_text
from notifications.services.ledger_rows import cause_of, fresh, insert, reason_given
from notifications.services.ledger_rules import (
    asked_for,
    check_about,
    check_span,
    check_stop,
    extended_clocks,
    new_date,
)
from notifications.services.locking import lock_case
from notifications.services.moving import move_clocks

# What is said of one act, besides what moves its clocks.
ABOUT: Final = (Fact.Kind.INFORMED, Fact.Kind.REGISTERED)
RECORDED: Final = (*SPELLS, Fact.Kind.EXTENSION, *ABOUT)


@transaction.atomic
def record_fact(
    *,
    case: Case,
    kind: str,
    on: date,
    until: date | None,
    reason: str,
    actor: User,
    now: datetime,
    deadline: Deadline | None = None,
    party: Party | None = None,
    notification: Notification | None = None,
    days: int | None = None,
    source: str = "",
    supersedes: Fact | None = None,
    external_ref: str = "",
    uid: uuid.UUID | None = None,
) -> Fact:
    """Record a stop, an extension, an armed conflict, or the day on which a party was informed or
    an instrument registered, and compute anew what depends on it.

    ``on`` and ``until`` are days in the treaty's zone (``models.Fact``); an extension names its new
    date in ``until``, or ``days``. ``supersedes`` is the row that this one corrects. ``uid`` is the
    token of the form: a second click with it gets the fact that the first one recorded.

    Raises NotPermittedError, ChangedMeanwhileError, or RuleBrokenError naming the field.
    """
    today = day_in(case.treaty.zone, now)
    _check_permitted(case, actor, today, kind=kind, deadline=deadline, notification=notification)
    if kind not in RECORDED:
        raise RuleBrokenError(gettext("Kind: choose one of the list."), field="kind")
    fact = Fact(
        uid=uid or uuid.uuid4(),
        case=case,
        kind=kind,
        deadline=deadline,
        notification=notification,
        party=party,
        on=on,
        until=until,
        days=days,
        entered_at=now,
        by=actor,
        reason=reason_given(reason),
        source=clean_text(source, field="source", label=gettext("Source")),
        external_ref=external_ref,
        supersedes=supersedes,
    )
    acts = lock_case(case)
    recorded = Fact.objects.filter(uid=fact.uid, by=actor).first()
    if recorded is not None:
        return recorded
    _check(fact, today)
    return insert(fact, acts)


@transaction.atomic
def end_fact(
    *, fact: Fact, until: date, reason: str, actor: User, now: datetime, external_ref: str = ""
) -> Fact:
    """Record that a stop or a conflict is over: ``until`` is the first day without it.

    A further row that supersedes it; without a ``reason`` its own holds on.

    Raises NotPermittedError, ChangedMeanwhileError, or RuleBrokenError naming the field.
    """
    if fact.kind not in SPELLS:
        raise RuleBrokenError(gettext("Only what lasts can be ended."))
    return record_fact(
        case=fact.case,
        kind=fact.kind,
        on=fact.on,
        until=until,
        reason=reason or fact.reason,
        actor=actor,
        now=now,
        deadline=fact.deadline,
        party=fact.party,
        notification=fact.notification,
        source=fact.source,
        supersedes=fact,
        external_ref=external_ref,
    )


def stop_clock(
    *,
    deadline: Deadline,
    on: date,
    reason: str,
    actor: User,
    now: datetime,
    until: date | None = None,
    source: str = "",
) -> Fact:
    """Stop one clock by agreement from a day on."""
    return record_fact(
        case=deadline.case,
        kind=Fact.Kind.STOP,
        on=on,
        until=until,
        reason=reason,
        actor=actor,
        now=now,
        deadline=deadline,
        source=source,
    )


def resume_clock(
    *, deadline: Deadline, until: date, actor: User, now: datetime, reason: str = ""
) -> Fact:
    """Let a stopped clock run again from a day on: its date moves by the days it stood still.

    Raises RuleBrokenError where it is not stopped, besides what ``end_fact`` raises.
    """
    stops = Fact.objects.standing().filter(deadline=deadline, kind=Fact.Kind.STOP)
    fact = stops.order_by("-on", "-pk").first()
    if fact is None:
        raise RuleBrokenError(gettext("Clock: this clock is not stopped."))
    return end_fact(fact=fact, until=until, reason=reason, actor=actor, now=now)


def bring_facts(
    notification: Notification, actor: User, now: datetime
) -> tuple[list[Fact], Clocks]:
    """What an act brings to the ledger as it is sealed: an extension moves the clocks it names.

    For the transaction that seals the act, which holds the lock on the act it refers to; the rows
    and the alerts are returned for its event. What was given on paper, or is replayed, is recorded
    as it was given: a time-limit that it cannot extend is not moved.

    Raises RuleBrokenError naming the field of the act.
    """
    target = notification.refers_to
    if target is None:
        return [], Clocks()
    try:
        clocks = extended_clocks(target, notification.fields)
    except RuleBrokenError:
        if notification.case.is_live and not notification.is_paper:
            raise
        return [], Clocks()
    clocks = [clock for clock in clocks if clock.owed_by != Deadline.OwedBy.DEPOSITARIES]
    to, days = asked_for(notification.fields)
    reason = _reason_of(notification, target)
    facts = [
        Fact.objects.create(
            case=notification.case,
            kind=Fact.Kind.EXTENSION,
            deadline=clock,
            notification=notification,
            on=notification.given_on,
            until=new_date(clock, to, days),
            days=days,
            entered_at=now,
            by=actor,
            reason=reason,
        )
        for clock in clocks
    ]
    if not facts:
        return [], Clocks()
    moved = move_clocks(target, facts=recorded_facts(target), cause=cause_of(facts[0]))
    if moved.is_any:
        stage = str(notification.uid)
        moved.alerts.append(act_alert(target, Alert.Kind.FACT, now=now, stage=stage))
    return facts, moved


def _reason_of(notification: Notification, target: Notification) -> str:
    """Why it extends, in its own words; whoever reads the target reads them with its dates.

    The words of an act that fewer may read than its target are not repeated there.
    """
    kinds = Notification.Visibility
    is_as_open = notification.visibility in (kinds.PUBLIC, target.visibility)
    if not is_as_open or notification.visibility == kinds.RESTRICTED:
        return ACTS[notification.act].title
    return str(notification.fields.get("reasons") or notification.text)


def _check_permitted(
    case: Case,
    actor: User,
    today: date,
    *,
    kind: str,
    deadline: Deadline | None,
    notification: Notification | None,
) -> None:
    """Who records it may, knows the act that it is about, and does not spare itself a clock."""
    is_able = permissions.can_record_fact(actor, case, today)
    about = {deadline.notification_id or 0} if deadline else set()
    if notification is not None:
        about.add(notification.pk)
    if is_able and case.is_live and about:
        readable = Notification.objects.visible_to(actor, today).filter(pk__in=about)
        is_able = readable.count() == len(about)
    if not is_able:
        raise NotPermittedError(gettext("You cannot record a fact in this case."))
    is_moving = kind in (Fact.Kind.STOP, Fact.Kind.EXTENSION)
    if is_moving and not permissions.can_move_clock(actor, case, deadline, today):
        sentence = gettext(
            "The treaty has no depositary: another party records that a clock that runs against "
            "your own is stopped or extended."
        )
        raise NotPermittedError(sentence)


def _check(fact: Fact, today: date) -> None:
    """Refuse what cannot be; the clock concerned is read again under the lock."""
    if fact.deadline is not None:
        fact.deadline = fresh(fact.deadline)
    if fact.deadline is not None and fact.deadline.case_id != fact.case_id:
        raise RuleBrokenError(gettext("Clock: choose one of this case."), field="deadline")
    _check_superseded(fact)
    if fact.kind == Fact.Kind.STOP:
        check_stop(fact.case, fact.deadline, fact.on, fact.until, fact.supersedes)
        return
    check_span(fact.on, fact.until if fact.kind in SPELLS else None)
    if fact.on > today:
        raise RuleBrokenError(gettext("From: the day is still to come."), field="on")
    if fact.kind == Fact.Kind.EXTENSION:
        if fact.deadline is None:
            sentence = gettext("Clock: say which time-limit is extended.")
            raise RuleBrokenError(sentence, field="deadline")
        fact.until = new_date(fact.deadline, fact.until, fact.days)
    elif fact.kind in ABOUT:
        check_about(fact)
    else:
        fact.deadline = None  # what lasts concerns every clock that it keeps open


def _check_superseded(fact: Fact) -> None:
    before = fact.supersedes
    if before is None:
        return
    if not Fact.objects.standing().filter(pk=before.pk, case=fact.case).exists():
        raise ChangedMeanwhileError(gettext("Somebody changed this entry of the ledger meanwhile."))
    same = (before.kind, before.deadline_id, before.notification_id)
    if same != (fact.kind, fact.deadline_id, fact.notification_id):
        raise RuleBrokenError(gettext("A correction concerns the same clock and the same fact."))
