"""The fact from which a clause's clock runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from notifications.clauses.explain import TraceStep, trace_step
from notifications.clauses.facts import Facts, ReceiptFact
from notifications.clauses.instants import Moment, day_of, is_instant
from notifications.clauses.origins import ClauseStart, CountOf, Every, FieldStart, Start, Yearly
from notifications.clauses.recurring import end_of_run, end_of_year_run
from notifications.clauses.schema import Clause
from notifications.clauses.thresholds import threshold_reached


def starting_fact(start: Start, clause: Clause, facts: Facts, *, exact: bool = False) -> TraceStep:
    """The first step of a trace: its ``after`` is the moment taken, or None where it is missing.

    ``exact`` asks for the instant where it is known, as hours count from it; else it is a date.
    """
    if isinstance(start, str):
        return _SIMPLE[start](clause, facts, exact)
    match start:
        case ClauseStart():
            step = _of_clause(start, clause, facts)
        case FieldStart():
            step = _of_field(start, clause, facts)
        case CountOf():
            limit = starting_fact(start.of, clause, facts) if start.of else None
            return threshold_reached(start, facts, limit)
        case Yearly():
            return end_of_year_run(start, facts)
        case Every():
            return end_of_run(start, facts, starting_fact(start.of, clause, facts))
    return step if exact or step.after is None else _on_its_date(step, clause.zone or facts.zone)


def disputed_receipt(start: TraceStep, facts: Facts) -> ReceiptFact | None:
    """The receipt from which a clause counts, where the other side states another day for it."""
    disputed = [receipt for receipt in facts.receipts if receipt.claimed_on is not None]
    if not disputed or not start.kind.startswith(("received", "deposited", "registered-receipt")):
        return None
    by = start.params.get("party")
    return next((receipt for receipt in disputed if receipt.by == by), None)


def _of_clause(start: ClauseStart, clause: Clause, facts: Facts) -> TraceStep:
    article = facts.articles.get(start.clause, start.clause)
    moment = facts.yielded.get(start.clause)
    kind = "awaiting-clause" if moment is None else "clause"
    return _told(kind, moment, clause.zone or facts.zone, article=article)


def _of_field(start: FieldStart, clause: Clause, facts: Facts) -> TraceStep:
    moment = facts.stated.get(start.field)
    kind = "awaiting-field" if moment is None else "field"
    return _told(kind, moment, clause.zone or facts.zone, field=start.field, of_act=clause.governs)


def _told(kind: str, moment: Moment | None, zone: str, **params: str | int) -> TraceStep:
    """A step at a moment; that of an instant says in which zone it is read."""
    if moment is not None and is_instant(moment):
        params["zone"] = zone
    return TraceStep(kind, None, moment, params)


def _on_its_date(step: TraceStep, zone: str) -> TraceStep:
    if step.after is None or not is_instant(step.after):
        return step
    params = {name: value for name, value in step.params.items() if name != "zone"}
    return trace_step(step.kind, None, day_of(step.after, zone), **params)


def _received(clause: Clause, facts: Facts, exact: bool) -> TraceStep:
    if goes_to_a_party(clause, facts):
        return _receipt(clause, facts, _by_parties_addressed(clause, facts), "received", exact)
    return _receipt(clause, facts, _by_depositaries(facts), "received", exact)


def _deposited(clause: Clause, facts: Facts, exact: bool) -> TraceStep:
    return _receipt(clause, facts, _by_depositaries(facts), "deposited", exact)


def _registered(clause: Clause, facts: Facts, exact: bool) -> TraceStep:
    """The day of registration; the receipt by the depositary where no other day is recorded."""
    if facts.registered_on is not None:
        return trace_step("registered", None, facts.registered_on)
    step = _receipt(clause, facts, _by_depositaries(facts), "deposited", exact)
    if step.after is None:
        return trace_step("awaiting-registered", None, None)
    return trace_step("registered-receipt", None, step.after, **step.params)


def _circulated(clause: Clause, facts: Facts, exact: bool) -> TraceStep:
    at = facts.circulated_at if exact else None
    if at is not None:
        return _told("circulated", at, clause.zone or facts.zone)
    return _dated("circulated", facts.circulated_on)


def _informed(_clause: Clause, facts: Facts, _exact: bool) -> TraceStep:
    return _dated("informed", facts.informed.get(facts.bearer), facts.bearer)


def _consented(_clause: Clause, facts: Facts, _exact: bool) -> TraceStep:
    party = facts.bearer or facts.sender
    day, bound = facts.consents.get(party), facts.bound_since.get(party)
    if day is None and bound is not None:  # who is bound had consented by then
        return _dated("consented-by", bound, party)
    return _dated("consented", day, party)


def _in_force(_clause: Clause, facts: Facts, _exact: bool) -> TraceStep:
    return _dated("in-force", facts.in_force_on)


def _in_force_for_party(_clause: Clause, facts: Facts, _exact: bool) -> TraceStep:
    """Where the day for the acting party is unknown, the treaty's is the earliest it can be."""
    day = facts.entries.get(facts.sender)
    if day is None and facts.in_force_on is not None and facts.sender:
        return trace_step("in-force-earliest", None, facts.in_force_on, party=facts.sender)
    return _dated("in-force-for-party", day, facts.sender)


def _dated(kind: str, day: date | None, party: str = "") -> TraceStep:
    if day is None:
        return trace_step(f"awaiting-{kind}", None, None)
    return trace_step(kind, None, day, **({"party": party} if party else {}))


def _given(clause: Clause, facts: Facts, exact: bool) -> TraceStep:
    if not facts.is_given_stated:
        step = _receipt(clause, facts, _by_addressees(clause, facts), "received", exact)
        if step.after is not None:
            return step
    at = facts.given_at if exact else None
    return _told("given-note", at or facts.given_on, clause.zone or facts.zone)


def _receipt(
    clause: Clause, facts: Facts, receipts: Iterable[ReceiptFact], kind: str, exact: bool
) -> TraceStep:
    found = sorted(receipts, key=_order)
    if not found:
        return trace_step(f"awaiting-{kind}", None, None)
    taken = found[0]
    if clause.which == "last" and len(found) > 1:
        last = _order(found[-1])[:2]
        taken, kind = next(item for item in found if _order(item)[:2] == last), f"{kind}-last"
    at = taken.at if exact else None
    return _told(kind, at or taken.on, clause.zone or facts.zone, party=taken.by)


def _order(receipt: ReceiptFact) -> tuple[date, str, str]:
    """By day; on one day those known to the minute in their order, behind the others."""
    return receipt.on, receipt.at.isoformat() if receipt.at else "", receipt.by


def goes_to_a_party(clause: Clause, facts: Facts) -> bool:
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


_SIMPLE: Final[dict[str, Callable[[Clause, Facts, bool], TraceStep]]] = {
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
