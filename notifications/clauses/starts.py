"""The fact from which a clause's clock runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from notifications.clauses.explain import TraceStep, trace_step
from notifications.clauses.facts import Facts, ReceiptFact
from notifications.clauses.schema import Clause


def starting_fact(clause: Clause, facts: Facts) -> TraceStep:
    """The first step of a trace: its ``after`` is the date taken, or None where it is missing."""
    take = _TAKEN.get(clause.starts, _received)
    return take(clause, facts)


def disputed_receipt(start: TraceStep, facts: Facts) -> ReceiptFact | None:
    """The receipt from which a clause counts, where the other side states another day for it."""
    if not start.kind.startswith(("received", "deposited", "registered-receipt")):
        return None
    by = start.params.get("party")
    found = (receipt for receipt in facts.receipts if receipt.by == by)
    return next((receipt for receipt in found if receipt.claimed_on is not None), None)


def _received(clause: Clause, facts: Facts) -> TraceStep:
    if _goes_to_a_party(clause, facts):
        return _receipt(clause, _by_parties_addressed(clause, facts), "received")
    return _receipt(clause, _by_depositaries(facts), "received")


def _deposited(clause: Clause, facts: Facts) -> TraceStep:
    return _receipt(clause, _by_depositaries(facts), "deposited")


def _registered(clause: Clause, facts: Facts) -> TraceStep:
    """The day of registration; the receipt by the depositary where no other day is recorded."""
    if facts.registered_on is not None:
        return trace_step("registered", None, facts.registered_on)
    step = _receipt(clause, _by_depositaries(facts), "deposited")
    if step.after is None:
        return trace_step("awaiting-registered", None, None)
    return trace_step("registered-receipt", None, step.after, **step.params)


def _circulated(_clause: Clause, facts: Facts) -> TraceStep:
    return _dated("circulated", facts.circulated_on)


def _informed(_clause: Clause, facts: Facts) -> TraceStep:
    return _dated("informed", facts.informed.get(facts.bearer), facts.bearer)


def _consented(_clause: Clause, facts: Facts) -> TraceStep:
    party = facts.bearer or facts.sender
    return _dated("consented", facts.consents.get(party), party)


def _in_force(_clause: Clause, facts: Facts) -> TraceStep:
    return _dated("in-force", facts.in_force_on)


def _in_force_for_party(_clause: Clause, facts: Facts) -> TraceStep:
    """Where the day for the acting party is unknown, the treaty's is the earliest it can be."""
    day = facts.entries.get(facts.sender)
    if day is None and facts.in_force_on is not None and facts.sender:
        return trace_step("in-force-earliest", None, facts.in_force_on, party=facts.sender)
    return _dated("in-force-for-party", day, facts.sender)


def _dated(kind: str, day: date | None, party: str = "") -> TraceStep:
    if day is None:
        return trace_step(f"awaiting-{kind}", None, None)
    return trace_step(kind, None, day, **({"party": party} if party else {}))


def _given(clause: Clause, facts: Facts) -> TraceStep:
    step = _receipt(clause, _by_addressees(clause, facts), "received")
    if step.after is None:
        return trace_step("given-note", None, facts.given_on)
    return step


def _receipt(clause: Clause, receipts: Iterable[ReceiptFact], kind: str) -> TraceStep:
    found = sorted(receipts, key=lambda receipt: (receipt.on, receipt.by))
    if not found:
        return trace_step(f"awaiting-{kind}", None, None)
    if clause.which == "first" or len(found) == 1:
        return trace_step(kind, None, found[0].on, party=found[0].by)
    last_on = found[-1].on
    last = next(receipt for receipt in found if receipt.on == last_on)
    return trace_step(f"{kind}-last", None, last_on, party=last.by)


def _goes_to_a_party(clause: Clause, facts: Facts) -> bool:
    """Whether the addressee's receipt counts: no depositary has to do with this act."""
    if not facts.depositaries or (clause.duty and clause.duty.bearer == "addressee"):
        return True
    if clause.addressees and not {"depositaries", *facts.depositaries} & set(clause.addressees):
        return True
    return facts.addressees is not None and not facts.addressees & facts.depositaries


def _by_depositaries(facts: Facts) -> list[ReceiptFact]:
    return [receipt for receipt in facts.receipts if receipt.by in facts.depositaries]


def _by_addressees(clause: Clause, facts: Facts) -> list[ReceiptFact]:
    """The receipts by the clause's addressees; a clause that names none is addressed to all."""
    roles = clause.addressees or ("depositaries", "parties")
    return [
        receipt
        for receipt in facts.receipts
        if any(_is_one(receipt.by, role, facts) for role in roles)
    ]


def _by_parties_addressed(clause: Clause, facts: Facts) -> list[ReceiptFact]:
    """As ``_by_addressees``, but by those alone to whom this act was addressed."""
    return [
        receipt
        for receipt in _by_addressees(clause, facts)
        if facts.addressees is None or receipt.by in facts.addressees
    ]


def _is_one(code: str, role: str, facts: Facts) -> bool:
    if role == "depositaries":
        return code in facts.depositaries
    if role == "parties":
        # An organisation that is depositary is no party; a state can be both.
        is_office = code in facts.depositaries and code.islower()
        return not is_office and (facts.addressees is None or code in facts.addressees)
    return code == role


_TAKEN: Final[dict[str, Callable[[Clause, Facts], TraceStep]]] = {
    "given": _given,
    "received": _received,
    "deposited": _deposited,
    "registered": _registered,
    "circulated": _circulated,
    "informed": _informed,
    "consented": _consented,
    "in_force": _in_force,
    "in_force_for_party": _in_force_for_party,
}
