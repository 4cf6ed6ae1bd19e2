"""Departed: whose mandate has ended while a message to them waited."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Q

from notifications.delivery.holders import Holders, side_of
from notifications.delivery.rows import among
from notifications.models import Mandate, Message

# At any instant the day of some zone of the earth is at most so far from that of UTC.
_ZONES: Final = timedelta(hours=14)


def departed_among(messages: Collection[Message], *, now: datetime) -> set[int]:
    """Which of these are to people who hold no mandate for that side of the party now, by key.

    The day is that of ``now`` in the zone of the treaty; ``alert__case__treaty`` must be joined.
    One query where all mandates hold on every day that it may be.
    """
    mandates = {m.mandate_id for m in messages if m.mandate_id is not None and m.alert.case.is_live}
    if not mandates:
        return set()
    first, last = ((now + span).astimezone(UTC).date() for span in (-_ZONES, _ZONES))
    ended = (
        Mandate.objects.filter(Q(to_on__lt=last) | Q(from_on__gt=first))
        .filter(among("pk", mandates))
        .in_bulk()
    )
    doubtful = [m for m in messages if m.mandate_id in ended and m.alert.case.is_live]
    return _without_mandate(doubtful, ended, now) if doubtful else set()


def _without_mandate(
    messages: Collection[Message], mandates: dict[int, Mandate], now: datetime
) -> set[int]:
    """Of these, who has no other mandate for the same side of the party either."""
    days = {message.pk: _day(message, now) for message in messages}
    parties = {mandate.party_id for mandate in mandates.values()}
    holders = Holders(parties, set(days.values()))
    gone = set()
    for message in messages:
        side = side_of(mandates[message.mandate_id or 0])
        there = {holder.user_id for holder in holders.of(side, days[message.pk])}
        if message.user_id not in there:
            gone.add(message.pk)
    return gone


def _day(message: Message, now: datetime) -> date:
    return now.astimezone(ZoneInfo(message.alert.case.treaty.zone)).date()
