"""One fact of the ledger sealed: what depends on it computed anew, told, and appended."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext

from notifications.errors import RuleBrokenError
from notifications.models import Alert, Deadline, Fact, Notification
from notifications.queue import nudge
from notifications.register import Entry, append
from notifications.services.alerts import act_alert
from notifications.services.computing import Cause, Clocks, cause_told
from notifications.services.entries import SPELLS
from notifications.services.facts import recorded_facts
from notifications.services.fields import clean_text
from notifications.services.moving import move_clocks


def reason_given(reason: str) -> str:
    """The reason as typed. Raises RuleBrokenError where there is none."""
    text = clean_text(reason, field="reason", label=gettext("Reason"))
    if not text:
        raise RuleBrokenError(
            gettext("Reason: say why, for those who read it later."), field="reason"
        )
    return text


def fresh(deadline: Deadline) -> Deadline:
    """The clock as it stands under the lock."""
    return (
        Deadline.objects.with_reasons().select_related("notification__treaty").get(pk=deadline.pk)
    )


def insert(fact: Fact, acts: Iterable[Notification]) -> Fact:
    """Seal the fact, compute anew what depends on it, tell whom it concerns, append the event."""
    fact.save(force_insert=True)
    cause, clocks = cause_of(fact), Clocks()
    for act in acts:
        if not _concerns(fact, act):
            continue
        moved = move_clocks(act, facts=recorded_facts(act), cause=cause, with_settled=True)
        if moved.is_any:
            stage = str(fact.uid)
            moved.alerts.append(act_alert(act, Alert.Kind.FACT, now=cause.at, stage=stage))
        clocks += moved
    Alert.objects.bulk_create(clocks.alerts)
    body = {
        "kind": fact.kind,
        "deadline": fact.deadline_id,
        "late": [],
        **clocks.as_data(),
    }
    append(Entry("fact-recorded", fact.case, cause.at, fact.by, (fact, *clocks.versions), body))
    if fact.case.is_live:
        nudge("send_alerts")
    return fact


def _concerns(fact: Fact, act: Notification) -> bool:
    if fact.deadline is not None:
        return fact.deadline.notification_id == act.pk
    return fact.notification_id is None or fact.notification_id == act.pk


def cause_of(fact: Fact) -> Cause:
    """Why clocks are computed anew: the fact in words, who recorded it, when."""
    said = {"on": fact.on.isoformat(), "reason": " ".join(fact.reason.split())}
    if fact.until is not None:
        said["until"] = fact.until.isoformat()
    is_over = fact.kind in SPELLS and fact.until is not None
    kind = f"{fact.kind}-ended" if is_over else str(fact.kind)
    return cause_told(kind, fact.by, fact.entered_at, party=fact.party, **said)
