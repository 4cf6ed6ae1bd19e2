"""Claim: a worker takes pending messages for the time of its lease, and lets go of them."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import F, Prefetch, When

from notifications.delivery.relevance import with_relevance
from notifications.delivery.rows import among
from notifications.models import Case, Message
from notifications.models.outbox import MessageQuerySet


def in_case(messages: MessageQuerySet, case: Case | None) -> MessageQuerySet:
    """Those of one case, or of all live cases."""
    if case is not None:
        return messages.filter(alert__case=case)
    return messages.filter(alert__case__origin=Case.Origin.LIVE)


def claim(
    *, now: datetime, worker: str, limit: int, lease: timedelta, case: Case | None = None
) -> list[Message]:
    """Take up to ``limit`` messages that are pending at ``now``, the longest waiting first.

    The conditions stand in the UPDATE itself, so that two workers never hold the same message. A
    message whose lease ran out (its worker died) goes on with the try it was in: a death of a
    worker uses up no try. In case one of them brought it about, they are given in any order: the
    same one is not always the first.
    """
    with transaction.atomic():
        waiting = in_case(Message.objects.pending(now), case).order_by("next_at", "pk")
        # Many messages are of one alert: it is read once, with all that hangs on it.
        rows = waiting.select_related("user").prefetch_related(Prefetch("alert", with_relevance()))
        messages = list(rows.select_for_update(of=("self",), skip_locked=True)[:limit])
        if not messages:
            return []
        found = among("pk", (message.pk for message in messages))
        held = Message.objects.pending(now).filter(found)
        taken = held.update(
            tries=models.Case(
                When(lease_by="", then=F("tries") + 1),
                default=F("tries"),
                output_field=models.PositiveSmallIntegerField(),
            ),
            lease_by=worker,
            lease_until=now + lease,
        )
    if taken != len(messages):
        keys = _held_by(worker, messages)
        messages = [message for message in messages if message.pk in keys]
    for message in messages:
        hold(message, worker=worker, until=now + lease)
    if any(message.is_taken_over for message in messages):
        random.shuffle(messages)
    return messages


def hold(message: Message, *, worker: str, until: datetime) -> None:
    """Have the instance say what the claim wrote."""
    message.is_taken_over = message.lease_by != ""
    message.tries += not message.is_taken_over
    message.lease_by, message.lease_until = worker, until


def _held_by(worker: str, messages: Iterable[Message]) -> set[int]:
    """Which of these the worker did get, where the UPDATE found fewer than were read."""
    keys = [message.pk for message in messages]
    rows = Message.objects.filter(pk__in=keys, state="pending", lease_by=worker)
    return set(rows.values_list("pk", flat=True))


def release(messages: Iterable[Message], *, worker: str, next_at: datetime | None = None) -> None:
    """Let go of messages whose turn did not come; a try that the claim began is not counted.

    They are free at once, or at ``next_at``.
    """
    later = {} if next_at is None else {"next_at": next_at}
    begun: dict[bool, list[int]] = {True: [], False: []}
    for message in messages:
        begun[not message.is_taken_over].append(message.pk)
    for is_begun, keys in begun.items():
        if keys:
            Message.objects.filter(pk__in=keys, state="pending", lease_by=worker).update(
                tries=F("tries") - int(is_begun), lease_by="", lease_until=None, **later
            )
