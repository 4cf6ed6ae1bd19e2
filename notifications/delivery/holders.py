"""Holders: the people of a party, in the order of their mandates, each side for itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from notifications.delivery.audiences import TOLD_ROLES, Recipient
from notifications.models import Mandate, Role


class Side(NamedTuple):
    """The mission of a party, or its office where it keeps a treaty."""

    party_id: int
    is_office: bool


def side_of(mandate: Mandate) -> Side:
    """For which side of its party a mandate is."""
    return Side(mandate.party_id, mandate.role == Role.DEPOSITARY_OFFICER)


class Holders:
    """Who holds mandates for some parties on some days: one query."""

    def __init__(self, parties: Collection[int], days: Collection[date]) -> None:
        self._mandates: dict[Side, list[Mandate]] = defaultdict(list)
        if not (parties and days):
            return
        mandates = (
            Mandate.objects.filter(Q(to_on=None) | Q(to_on__gte=min(days)))
            .filter(from_on__lte=max(days), party__in=parties)
            .filter(role__in=TOLD_ROLES)
            .filter(user__is_active=True, user__is_system=False)
            .select_related("user")
            .order_by("order", "pk")
        )
        for mandate in mandates:
            self._mandates[side_of(mandate)].append(mandate)

    @property
    def people(self) -> set[int]:
        """All of them, by id."""
        return {mandate.user_id for own in self._mandates.values() for mandate in own}

    def of(self, side: Side, day: date) -> Iterator[Recipient]:
        """Those of one side on a day, the first of the order first."""
        for mandate in self._mandates[side]:
            if mandate.from_on <= day and (mandate.to_on is None or mandate.to_on >= day):
                yield recipient_of(mandate)


def recipient_of(mandate: Mandate) -> Recipient:
    """Who is told by this mandate; its ``user`` must be joined."""
    user = mandate.user
    return Recipient(user.pk, mandate.pk, mandate.party_id, user.email, user.language)
