"""The facts of one notification, as the counting engine takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from notifications.clauses.facts import Facts, ReceiptFact
from notifications.models import Case, Notification, Party, Receipt, counted
from notifications.services.calendar import day_in


def stated_facts(
    *,
    given_on: date,
    zone: str,
    fields: Mapping[str, Any],
    depositaries: Iterable[Party],
    addressees: Iterable[Party],
    circulated_at: datetime | None = None,
    receipts: tuple[ReceiptFact, ...] = (),
    given_at: datetime | None = None,
) -> Facts:
    """The facts of an act that is being prepared or issued."""
    effective = fields.get("effective_on")
    return Facts(
        given_on=given_on,
        zone=zone,
        depositaries=frozenset(party.code for party in depositaries),
        addressees=frozenset(party.code for party in addressees),
        receipts=receipts,
        circulated_on=day_in(zone, circulated_at) if circulated_at else None,
        circulated_at=circulated_at,
        given_at=given_at,
        effective_on=date.fromisoformat(effective) if effective else None,
        has_reasons=bool(fields.get("reasons")),
    )


def recorded_facts(notification: Notification) -> Facts:
    """The facts of an issued act as far as they are recorded: four queries.

    Of a disputed receipt the depositary's date counts; the other side's stands beside it.
    """
    receipts = Receipt.objects.filter(notification=notification).select_related("party")
    circulation = getattr(notification, "circulation", None)
    return stated_facts(
        given_on=notification.given_on,
        zone=notification.zone,
        fields=notification.fields,
        depositaries=Party.objects.depositary_of(notification.treaty),
        addressees=notification.addressees(),
        circulated_at=circulation.at if circulation else None,
        given_at=notification.given_at,
        receipts=tuple(
            sorted(
                (
                    ReceiptFact(row.party.code, row.on, claim.on if claim else None, row.at)
                    for row, claim in counted(receipts).values()
                ),
                key=lambda receipt: (receipt.on, receipt.by),
            )
        ),
    )


@dataclass(frozen=True)
class About:
    """The act that is counted for, issued (``notification``) or not yet."""

    case: Case
    act: str
    given_on: date
    fields: Mapping[str, Any]
    senders: tuple[Party, ...]
    notification: Notification | None = None
    refers_to_id: int | None = None


def about(notification: Notification, senders: Iterable[Party] | None = None) -> About:
    """An issued act; ``senders`` where they are known, else they are read."""
    return About(
        case=notification.case,
        act=notification.act,
        given_on=notification.given_on,
        fields=notification.fields,
        senders=tuple(senders_of(notification) if senders is None else senders),
        notification=notification,
        refers_to_id=notification.refers_to_id,
    )


def senders_of(notification: Notification) -> list[Party]:
    """Who gave it, the party that drafted it first."""
    rows = notification.sender_rows.select_related("party").order_by("pk")
    return [row.party for row in rows]
