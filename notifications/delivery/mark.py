"""Record: what the server accepted is frozen with the event of its batch, the rest given back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext

from notifications import register
from notifications.delivery.claim import in_case
from notifications.delivery.contacts import Returned, note_returned, note_taken
from notifications.delivery.fallback import fall_back
from notifications.delivery.giveback import Attempt, give_back
from notifications.models import Case, Delivery, Message

# How many messages of interrupted batches are recorded with one event.
BATCH: Final = 500


@transaction.atomic
def record(
    attempts: Sequence[Attempt], void: Sequence[Message], *, worker: str, at: datetime
) -> Counter[str]:
    """Close a batch: freeze what was sent, give back what was not, and append the one event.

    Where a message failed for good, the next mandate is tried and the others are told. Returns how
    many attempts ended in which way.
    """
    accepted = [try_ for try_ in attempts if try_.outcome == Delivery.Outcome.SENT]
    held = _held([try_.message for try_ in accepted], worker)
    sent = [try_ for try_ in accepted if try_.message.pk in held]
    others = [try_ for try_ in attempts if try_.outcome != Delivery.Outcome.SENT]
    _freeze([try_.message for try_ in sent])
    given_back = give_back(others, worker=worker)
    Message.objects.filter(
        pk__in=[message.pk for message in void], state="pending", lease_by=worker
    ).update(state="void", lease_by="", lease_until=None)
    deliveries = [
        Delivery(
            message=try_.message,
            outcome=given_back.outcomes.get(try_.message.pk, try_.outcome),
            reply=try_.reply,
            at=try_.at,
        )
        for try_ in (*sent, *others)
    ]
    note_taken([try_.message for try_ in sent], at=at)
    instead = _settle(given_back.failed, at=at)
    _append([try_.message for try_ in sent], deliveries, void, instead, at=at)
    return Counter(str(delivery.outcome) for delivery in deliveries)


def _held(messages: Sequence[Message], worker: str) -> set[int]:
    """Which of these are still accepted and ours: another run may have recorded them meanwhile."""
    keys = [message.pk for message in messages]
    rows = Message.objects.filter(pk__in=keys, state="accepted", lease_by=worker)
    return set(rows.select_for_update().values_list("pk", flat=True))


def _freeze(messages: Sequence[Message]) -> None:
    """Freeze the rows of what was sent; these instances too, of which the event tells."""
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(
        state="sent", lease_by="", lease_until=None
    )
    for message in messages:
        message.state, message.lease_by, message.lease_until = "sent", "", None


def _settle(failed: Sequence[Attempt], *, at: datetime) -> dict[int, int]:
    """What follows from the messages that ended as failed; the new messages by the failed ones."""
    if not failed:
        return {}
    returned = [
        Returned(try_.message.user_id, try_.message.user.email, try_.reply)
        for try_ in failed
        if try_.is_of_address
    ]
    note_returned(returned, at=at)
    return fall_back({try_.message.pk for try_ in failed}, at=at)


def _append(
    sent: Sequence[Message],
    deliveries: list[Delivery],
    void: Sequence[Message],
    instead: Mapping[int, int],
    *,
    at: datetime,
) -> None:
    concerned = [*(delivery.message for delivery in deliveries), *void]
    if not concerned:
        return
    Delivery.objects.bulk_create(deliveries)
    body: dict[str, Any] = {"void": [message.pk for message in void]} if void else {}
    if instead:
        body["instead"] = {str(failed): new for failed, new in sorted(instead.items())}
    act = "messages-sent" if sent else "messages-not-sent"
    register.append(register.Entry(act, concerned[0], at=at, rows=(*sent, *deliveries), body=body))


def record_interrupted(*, now: datetime, case: Case | None = None) -> int:
    """Record what a worker that died had marked; returns the number of messages.

    Its lease must have run out: until then the worker may be about to do it itself.
    """
    total = 0
    while count := _record_interrupted_batch(now, case):
        total += count
    return total


@transaction.atomic
def _record_interrupted_batch(now: datetime, case: Case | None) -> int:
    left = in_case(Message.objects.filter(state="accepted", lease_until__lte=now), case)
    messages = list(
        left.select_related("rendering", "user")
        .order_by("lease_until", "pk")
        .select_for_update(of=("self",), skip_locked=True)[:BATCH]
    )
    _freeze(messages)
    reply = gettext("accepted; the words of the server were lost when the worker was interrupted")
    deliveries = [
        Delivery(
            message=message,
            outcome=Delivery.Outcome.SENT,
            reply=reply,
            at=message.sent_at or now,
        )
        for message in messages
    ]
    note_taken(messages, at=now)
    _append(messages, deliveries, (), {}, at=now)
    return len(messages)
