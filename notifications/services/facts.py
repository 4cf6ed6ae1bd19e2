"""The facts of one notification, as the counting engine takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from notifications.clauses.facts import Facts, ReceiptFact
from notifications.clauses.schema import Clause as Rule
from notifications.models import (
    Case,
    CaseParty,
    Fact,
    Notification,
    Participation,
    Party,
    Receipt,
    Transmission,
    counted,
)
from notifications.services.calendar import day_in


def stated_facts(
    *,
    given_on: date,
    zone: str,
    fields: Mapping[str, Any],
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
        circulated_on=day_in(notification.zone, circulation.at) if circulation else None,
        receipts=tuple(
            sorted(
                (
                    ReceiptFact(row.party.code, row.on, claim.on if claim else None)
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


def about(notification: Notification, senders: Iterable[Party] | None = None) -> About:
    """An issued act; ``senders`` where they are known, else they are read."""
    return About(
        case=notification.case,
        act=notification.act,
        given_on=notification.given_on,
        fields=notification.fields,
        senders=tuple(notification.senders.order_by("code") if senders is None else senders),
        notification=notification,
    )


def completed(facts: Facts, rules: Iterable[Rule], act: About) -> Facts:
    """The facts with whatever else these rules count from; a query for each kind that they need."""
    starts = {rule.starts for rule in rules}
    notification = act.notification
    if starts & {"informed"}:
        facts = replace(facts, informed=_informed(facts, act))
    if starts & {"registered"} and notification is not None:
        facts = replace(facts, registered_on=_registered_on(notification))
    if starts & {"consented"}:
        facts = replace(facts, consents=_consents(facts, act))
    if starts & {"in_force_for_party"}:
        facts = replace(facts, entries=_entries(act))
    return replace(
        facts,
        sender=act.senders[0].code if act.senders else "",
        in_force_on=act.case.treaty.in_force_on,
    )


def _informed(facts: Facts, act: About) -> dict[str, date]:
    """When each party was informed by the depositary (VCLT 78(c)), by code.

    That is the day of its circulation to the party, or the one that the ledger states. An act that
    is numbered as it is given informs its addressees on that day.
    """
    notification = act.notification
    if notification is None:
        return {}
    sent = Transmission.objects.filter(
        notification=notification, role=Transmission.Role.CIRCULATION
    ).values_list("party__code", "at")
    stated = (
        Fact.objects.standing()
        .filter(notification=notification, kind=Fact.Kind.INFORMED, party__isnull=False)
        .values_list("party__code", "on")
    )
    informed = {code: day_in(notification.zone, at) for code, at in sent}
    if not informed and facts.circulated_on is not None:
        informed = dict.fromkeys(facts.addressees or (), facts.circulated_on)
    return informed | dict(stated)


def _registered_on(notification: Notification) -> date | None:
    stated = Fact.objects.standing().filter(notification=notification, kind=Fact.Kind.REGISTERED)
    return stated.order_by("pk").values_list("on", flat=True).last()


def _consents(facts: Facts, act: About) -> dict[str, date]:
    """When each party consented to be bound; of an instrument its deposit does it (VCLT 16)."""
    known = Participation.objects.filter(treaty=act.case.treaty_id, consent_on__isnull=False)
    rows = known.order_by("consent_on").values_list("party__code", "consent_on")
    consents = {code: on for code, on in rows if on is not None}
    deposits = [row.on for row in facts.receipts if row.by in facts.depositaries]
    if act.act == "instrument" and deposits:
        consents |= {party.code: min(deposits) for party in act.senders}
    return consents


def _entries(act: About) -> dict[str, date]:
    """When the treaty came into force for each sender: its latest day, on or before the act."""
    codes = [party.code for party in act.senders]
    stated = act.fields.get("in_force_for_party")
    known = {codes[0]: date.fromisoformat(stated)} if stated and codes else {}
    senders = {party.pk for party in act.senders}
    columns = ("party__code", "in_force_on")
    if act.case.is_live:
        live = Participation.objects.filter(treaty=act.case.treaty_id, party__in=senders)
        rows = list(live.filter(in_force_on__lte=act.given_on).values_list(*columns))
    else:
        replayed = CaseParty.objects.filter(case=act.case, party__in=senders)
        rows = list(replayed.filter(in_force_on__lte=act.given_on).values_list(*columns))
    for code, on in rows:
        if on is not None:
            known[code] = max(on, known.get(code, on))
    return known
