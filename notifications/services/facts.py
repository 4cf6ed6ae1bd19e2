"""The facts of one notification, as the counting engine takes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from notifications.clauses.facts import Facts, ReceiptFact
from notifications.models import Notification, Party, Receipt
from notifications.services.calendar import day_in


def stated_facts(
    *,
    given_on: date,
    zone: str,
    fields: dict[str, Any],
    depositaries: Iterable[Party],
    addressees: Iterable[Party],
    circulated_on: date | None = None,
    receipts: tuple[ReceiptFact, ...] = (),
) -> Facts:
    """The facts of an act that is being prepared or issued."""
    effective = fields.get("effective_on")
    return Facts(
        given_on=given_on,
        zone=zone,
        depositaries=frozenset(party.code for party in depositaries),
        addressees=frozenset(party.code for party in addressees),
        receipts=receipts,
        circulated_on=circulated_on,
        effective_on=date.fromisoformat(effective) if effective else None,
        has_reasons=bool(fields.get("reasons")),
    )


def recorded_facts(notification: Notification) -> Facts:
    """The facts of an issued act as far as they are recorded: four queries."""
    receipts = Receipt.objects.filter(notification=notification).select_related("party")
    circulation = getattr(notification, "circulation", None)
    return stated_facts(
        given_on=notification.given_on,
        zone=notification.zone,
        fields=notification.fields,
        depositaries=Party.objects.depositary_of(notification.treaty),
        addressees=notification.addressees(),
        circulated_on=day_in(notification.zone, circulation.at) if circulation else None,
        receipts=tuple(
            ReceiptFact(by=receipt.party.code, on=receipt.on)
            for receipt in receipts.order_by("on", "pk")
        ),
    )
