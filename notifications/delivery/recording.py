"""Record: what the server accepted is frozen with the event of its batch, the rest given back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext

from notifications import register
from notifications.delivery import rows
from notifications.delivery.claim import in_case
from notifications.delivery.contacts import Returned, note_returned, note_taken
from notifications.delivery.departed import departed_among
from notifications.delivery.fallback import fall_back, stand_in
from notifications.delivery.giveback import Attempt, give_back, held_by
from notifications.delivery.relevance import is_moot
from notifications.delivery.repeating import is_dealt_with, over_among
from notifications.models import Alert, Case, Delivery, Message
from notifications.register.records import message_digest

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
    held = _freeze([try_.message for try_ in accepted], worker=worker)
    sent = [try_ for try_ in accepted if try_.message.pk in held]
    others = [try_ for try_ in attempts if try_.outcome != Delivery.Outcome.SENT]
    given_back = give_back(others, worker=worker)
    void = _voided(void, worker=worker)
    deliveries = [
        Delivery(
            message_id=try_.message.pk,
            outcome=given_back.outcomes.get(try_.message.pk, try_.outcome),
            reply=try_.reply,
            at=try_.at,
        )
        for try_ in (*sent, *others)
    ]
    note_taken([try_.message for try_ in sent], at=at)
    instead = _settle(given_back.failed, at=at)
    instead |= stand_in(_of_readers_gone(void, at), at=at)
    _append([try_.message for try_ in sent], deliveries, void, instead, at=at)
    return Counter(str(delivery.outcome) for delivery in deliveries)


def _voided(messages: Sequence[Message], *, worker: str) -> list[Message]:
    """Those of these that the worker still held, which are void now."""
    if not messages:
        return []
    keys = held_by(worker, messages)
    Message.objects.filter(pk__in=keys).update(state="void", lease_by="", lease_until=None)
    return [message for message in messages if message.pk in keys]


def _of_readers_gone(void: Sequence[Message], at: datetime) -> set[int]:
    """Which messages are void for no other reason: somebody of the mission must be told."""
    departed = departed_among(void, now=at)
    over = over_among([message.alert for message in void], now=at)
    return {
        message.pk
        for message in void
        if (not message.user.is_active or message.pk in departed)
        and message.mandate_id is not None
        and message.alert.kind != Alert.Kind.UNDELIVERED
        and not (is_moot(message.alert, now=at) or is_dealt_with(message.alert, over))
    }


_FREEZE: Final = (
    "UPDATE notifications_message SET state = 'sent', digest = given.digest, lease_by = '', "
    "lease_until = NULL FROM {given} "
    "WHERE notifications_message.id = given.id AND state = 'accepted'{own} "
    "RETURNING notifications_message.id"
)


def _freeze(messages: Sequence[Message], *, worker: str | None = None) -> set[int]:
    """Freeze the rows of what was sent; these instances too, of which the event tells.

    Returns the keys of those that were accepted and, where a worker is named, still its own:
    another run may have recorded them meanwhile.
    """
    if not messages:
        return set()
    for message in messages:
        message.digest = message_digest(message) or ""
    columns = {"id": "bigint", "digest": "varchar"}
    own = "" if worker is None else " AND lease_by = %s"
    statement = _FREEZE.format(given=rows.given(columns), own=own)
    data = rows.as_json({"id": one.pk, "digest": one.digest} for one in messages)
    with connection.cursor() as cursor:
        cursor.execute(statement, [data] if worker is None else [data, worker])
        frozen = {key for (key,) in cursor.fetchall()}
    for message in messages:
        if message.pk in frozen:
            message.state, message.lease_by, message.lease_until = "sent", "", None
    return frozen


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
    if not (deliveries or void):
        return
    rows.insert(deliveries)
    body: dict[str, Any] = {"void": [message.pk for message in void]} if void else {}
    if instead:
        body["instead"] = {str(failed): new for failed, new in sorted(instead.items())}
    act = "messages-sent" if sent else "messages-not-sent"
    first = deliveries[0].message if deliveries else void[0]
    register.append(register.Entry(act, first, at=at, rows=(*sent, *deliveries), body=body))


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
    left = in_case(Message.objects.left_accepted(now), case)
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
