"""Facts whose day comes while nobody acts: a stop that begins, a stop or a conflict that ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction

from notifications.lifecycle import UNFINISHED
from notifications.models import Alert, Case, Deadline, Fact, Notification
from notifications.register import Entry, append
from notifications.services.alerts import act_alert
from notifications.services.calendar import day_in
from notifications.services.entries import SPELLS
from notifications.services.facts import recorded_facts
from notifications.services.ledger_rows import cause_of
from notifications.services.locking import lock
from notifications.services.moving import move_clocks


def acts_to_turn(*, now: datetime, case: Case | None = None) -> list[int]:
    """The acts, by key, of which a clock was last computed before a day in its ledger came.

    Live cases alone, or one replayed case. Nothing is found twice: what was computed on that day or
    later knows of it.
    """
    latest = now.date() + timedelta(days=1)  # somewhere it is tomorrow already
    spells = Fact.objects.standing().filter(kind__in=SPELLS, on__lte=latest)
    cases = set(spells.values_list("case", flat=True))
    if not cases:  # as in most ticks: the question below is costly
        return []
    found = list(
        Deadline.objects.of_acts()
        .in_case(case)
        .filter(case__in=cases, status__in=UNFINISHED)
        .with_reasons()
        .select_related("notification")
        .order_by("notification", "pk")
    )
    ledgers = _ledgers({deadline.case_id for deadline in found})
    crossed = (
        deadline.notification_id or 0
        for deadline in found
        if _crossed(deadline, ledgers.get(deadline.case_id, ()), now)
    )
    return sorted(set(crossed))


def _ledgers(cases: Iterable[int]) -> dict[int, list[Fact]]:
    found: dict[int, list[Fact]] = {}
    for fact in Fact.objects.standing().filter(case__in=list(cases), kind__in=SPELLS):
        found.setdefault(fact.case_id, []).append(fact)
    return found


def _crossed(deadline: Deadline, facts: Iterable[Fact], now: datetime) -> list[Fact]:
    """The facts of which a day has come since the clock was computed, the latest of them last."""
    zone = deadline.act.zone
    known, today = day_in(zone, deadline.version.computed_at), day_in(zone, now)
    crossed: dict[Fact, date] = {}
    for fact in facts:
        if not _moves(fact, deadline):
            continue
        days = [day for day in (fact.on, fact.until) if day is not None and known < day <= today]
        if days:
            crossed[fact] = max(days)
    return sorted(crossed, key=lambda fact: (crossed[fact], fact.pk))


def _moves(fact: Fact, deadline: Deadline) -> bool:
    """Whether the days of the fact can make a difference to the clock."""
    if fact.deadline_id not in (None, deadline.pk) or fact.until == fact.on:
        return False
    if fact.kind == Fact.Kind.STOP:
        return deadline.status != "awaiting"
    rule = deadline.version.clause_version
    return rule is not None and "open_while" in rule.rule


@transaction.atomic
def turn_clocks(key: int, *, now: datetime) -> bool:
    """Compute the clocks of an act anew, because a day in its ledger has come."""
    lock(key)
    notification = Notification.objects.select_related("case__treaty", "treaty").get(pk=key)
    clocks = notification.deadlines.unfinished().with_reasons().select_related("notification")
    facts = _ledgers([notification.case_id]).get(notification.case_id, [])
    crossed = [fact for clock in clocks for fact in _crossed(clock, facts, now)]
    if not crossed:
        return False
    cause = replace(cause_of(crossed[-1]), at=now)
    moved = move_clocks(notification, facts=recorded_facts(notification), cause=cause)
    if not moved.is_any:
        return False
    stage = f"{crossed[-1].uid}-{day_in(notification.zone, now).isoformat()}"
    moved.alerts.append(act_alert(notification, Alert.Kind.FACT, now=now, stage=stage))
    Alert.objects.bulk_create(moved.alerts)
    body = {"facts": sorted({fact.pk for fact in crossed}), **moved.as_data()}
    append(Entry("clocks-turned", notification, now, rows=tuple(moved.versions), body=body))
    return True
