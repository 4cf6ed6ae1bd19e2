"""Escalation: whose turn it is within a mission, by how near the day is (alerts.md, Escalation)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol, TypeVar

from notifications.models import Alert, Role

# Up to a week before the day it is the desk's; from then on the head of mission is told too.
HEADS_FROM_DAYS: Final = 7
# A rung in days, or in hours.
_RUNG: Final = re.compile(r"before-([0-9]+)(h?)")


class Held(NamedTuple):
    """A mandate: of which party, in which role."""

    party_id: int
    role: str


class Holder(Protocol):
    """Whoever holds a mandate."""

    @property
    def held(self) -> Held:
        """The mandate by which an alert concerns them."""
        ...


AnyHolder = TypeVar("AnyHolder", bound=Holder)


def is_for_the_desk(alert: Alert) -> bool:
    """Whether a stage comes so early that the desk officers alone are told of it."""
    found = _RUNG.fullmatch(alert.stage) if alert.kind == Alert.Kind.DEADLINE else None
    days = int(found[1]) / (24 if found[2] else 1) if found else 0
    return days > HEADS_FROM_DAYS


def without_heads(holders: Sequence[AnyHolder]) -> list[AnyHolder]:
    """Those told at an early stage: no head of mission where the mission has a desk officer."""
    desks = {holder.held.party_id for holder in holders if holder.held.role == Role.DRAFTER}
    return [
        holder
        for holder in holders
        if holder.held.role != Role.HEAD_OF_MISSION or holder.held.party_id not in desks
    ]
