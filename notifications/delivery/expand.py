"""Expand: alerts that have fallen due become messages, one a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from notifications import register
from notifications.delivery.audiences import Audiences
from notifications.delivery.relevance import is_moot
from notifications.emails import message_id_of
from notifications.models import Alert, Case, Message

# Alerts a transaction: with three people of each of 193 parties 11,580 rows, so that the first
# message leaves soon and what a worker holds does not grow with what is due.
BATCH: Final = 20


@dataclass(frozen=True)
class Expansion:
    """How many alerts were taken, what they became, and how many reached nobody or were void."""

    alerts: int = 0
    messages: int = 0
    unaddressed: int = 0
    void: int = 0

    def __add__(self, other: Expansion) -> Expansion:
        return Expansion(
            self.alerts + other.alerts,
            self.messages + other.messages,
            self.unaddressed + other.unaddressed,
            self.void + other.void,
        )


def expand(*, now: datetime, case: Case | None = None, limit: int | None = None) -> Expansion:
    """Expand what is due at the instant ``now``, of one case or of all live ones, batch by batch.

    ``limit`` is the most alerts to be taken; without it, all.
    """
    total = Expansion()
    while limit is None or total.alerts < limit:
        most = BATCH if limit is None else min(BATCH, limit - total.alerts)
        done = expand_batch(now=now, case=case, limit=most)
        if not done.alerts:
            break
        total += done
    return total


@transaction.atomic
def expand_batch(*, now: datetime, case: Case | None, limit: int = BATCH) -> Expansion:
    """Expand up to ``limit`` due alerts in one transaction, the oldest first.

    Two workers never take the same alert: on PostgreSQL its row is locked and skipped, on SQLite
    transactions follow one another.
    """
    alerts = list(
        Alert.objects.due(now)
        .in_case(case)
        .select_related(
            "case__treaty", "notification", "deadline_version__deadline__current_version"
        )
        .order_by("due_at", "pk")
        .select_for_update(of=("self",), skip_locked=True)[:limit]
    )
    if not alerts:
        return Expansion()
    void = [alert for alert in alerts if is_moot(alert)]
    due = [alert for alert in alerts if not is_moot(alert)]
    messages = _messages(due, now=now)
    Message.objects.bulk_create(messages)
    addressed = {message.alert_id for message in messages}
    unaddressed = [alert for alert in due if alert.pk not in addressed]
    _set_state(Alert.State.EXPANDED, [alert for alert in due if alert.pk in addressed])
    _set_state(Alert.State.UNADDRESSED, unaddressed)
    _set_state(Alert.State.VOID, void)
    entries = (
        _entry("alerts-unaddressed", unaddressed, now),
        _entry("alerts-void", void, now),
    )
    if said := [entry for entry in entries if entry]:
        register.append(*said)
    return Expansion(len(alerts), len(messages), len(unaddressed), len(void))


def _messages(alerts: list[Alert], *, now: datetime) -> list[Message]:
    if not alerts:
        return []
    audiences = Audiences(alerts, now=now)
    return [
        Message(
            alert=alert,
            user_id=recipient.user_id,
            mandate_id=recipient.mandate_id,
            party_id=recipient.party_id,
            address=recipient.address,
            message_id=message_id_of(alert.pk, recipient.user_id),
            next_at=now,
        )
        for alert in alerts
        for recipient in audiences.of(alert)
    ]


def _set_state(state: Alert.State, alerts: list[Alert]) -> None:
    if alerts:
        Alert.objects.filter(pk__in=[alert.pk for alert in alerts]).update(state=state)


def _entry(act: str, alerts: list[Alert], at: datetime) -> register.Entry | None:
    """What nobody will be told is a fact of the register, one event a batch."""
    if not alerts:
        return None
    return register.Entry(act, alerts[0], at=at, body={"alerts": [alert.pk for alert in alerts]})
