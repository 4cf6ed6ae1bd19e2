"""What rules count from besides the act itself, a query for each kind that they need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from notifications.clauses.documents import plain_date
from notifications.clauses.facts import Facts, ReferringAct
from notifications.clauses.instants import Moment
from notifications.clauses.origins import ClauseStart, CountOf
from notifications.clauses.schema import Clause as Rule
from notifications.models import (
    Case,
    CaseParty,
    Deadline,
    Fact,
    Notification,
    Participation,
    Receipt,
    Transmission,
    counted,
    members_of,
    taken_back,
)
from notifications.services.calendar import day_in
from notifications.services.facts import About

# Longer than any date or instant in ISO format.
_LONGEST_MOMENT: Final = 40


def completed(facts: Facts, rules: Iterable[Rule], act: About) -> Facts:
    """The facts with whatever else these rules count from; a query for each kind that they need."""
    known = list(rules)
    starts = frozenset().union(*(rule.facts for rule in known))
    origins = [start for rule in known for start in rule.all_starts]
    notification = act.notification
    facts = replace(
        facts,
        sender=act.senders[0].code if act.senders else "",
        senders=frozenset(party.code for party in act.senders),
        in_force_on=act.case.treaty.in_force_on,
        fields=act.fields,
        stated=stated_moments(act.fields),
        lists={name: tuple(codes) for name, codes in act.case.treaty.lists.items()},
        articles={rule.id: rule.article for rule in known},
    )
    if "informed" in starts:
        facts = replace(facts, informed=_informed(facts, notification))
    if "registered" in starts and notification is not None:
        facts = replace(facts, registered_on=_registered_on(notification))
    if "consented" in starts:
        facts = replace(facts, consents=_consents(facts, act), bound_since=_bound_since(act))
    if "in_force_for_party" in starts:
        facts = replace(facts, entries=_entries(act))
    counted_acts = {start.act for start in origins if isinstance(start, CountOf)}
    if counted_acts:
        facts = replace(facts, referring=_referring(facts, notification, counted_acts))
    if any(isinstance(start, CountOf) and start.is_share for start in origins):
        facts = replace(facts, parties=_parties(act.case, act.given_on))
    if any(isinstance(start, ClauseStart) for start in origins):
        facts = _with_yielded(facts, act)
    return facts


def stated_moments(fields: Mapping[str, Any]) -> dict[str, Moment]:
    """The fields of an act that are dates or instants, under their names."""
    found: dict[str, Moment] = {}
    for name, value in fields.items():
        if not isinstance(value, str) or not 10 <= len(value) <= _LONGEST_MOMENT:
            continue
        try:
            moment = plain_date(value)
        except ValueError:
            continue
        if not isinstance(moment, datetime) or moment.tzinfo is not None:
            found[name] = moment
    # What a file calls the date that the notice names is a field of another name here.
    if "effective_on" in found:
        found.setdefault("effective", found["effective_on"])
    return found


def _informed(facts: Facts, notification: Notification | None) -> dict[str, date]:
    """When each party was informed by the depositary (VCLT 78(c)), by code.

    That is the day of its circulation to the party, or the one that the ledger states. An act that
    is numbered as it is given informs its addressees on that day.
    """
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


def _bound_since(act: About) -> dict[str, date]:
    """Since when each party is bound: where its consent has no day, it had consented by then."""
    columns = ("party__code", "in_force_on")
    if not act.case.is_live:
        return dict(CaseParty.objects.on(act.given_on).filter(case=act.case).values_list(*columns))
    rows = Participation.objects.on(act.given_on).filter(treaty=act.case.treaty_id)
    return {code: on for code, on in rows.values_list(*columns) if on is not None}


def _entries(act: About) -> dict[str, date]:
    """When the treaty came into force for each sender: its latest day, on or before the act."""
    codes = [party.code for party in act.senders]
    stated = act.fields.get("in_force_for_party")
    known = {codes[0]: date.fromisoformat(stated)} if stated and codes else {}
    senders = {party.pk for party in act.senders}
    columns = ("party__code", "in_force_on")
    if act.case.is_live:
        own = Participation.objects.with_own_entry()
        live = own.filter(treaty=act.case.treaty_id, party__in=senders)
        rows = list(live.filter(in_force_on__lte=act.given_on).values_list(*columns))
    else:
        replayed = CaseParty.objects.filter(case=act.case, party__in=senders)
        rows = list(replayed.filter(in_force_on__lte=act.given_on).values_list(*columns))
    for code, on in rows:
        if on is not None:
            known[code] = max(on, known.get(code, on))
    return known


def _parties(case: Case, on: date) -> frozenset[str]:
    """Among whom a share is counted: the parties on the day of the act."""
    return frozenset(members_of(case, on).values_list("code", flat=True))


def _referring(
    facts: Facts, notification: Notification | None, kinds: set[str]
) -> tuple[ReferringAct, ...]:
    """The acts of these kinds that refer to this one and count: not void, not taken back.

    An act comes in when a depositary (without one, an addressee) has received it; as long as no
    receipt is recorded, the day on which it was given stands.
    """
    if notification is None:
        return ()
    acts = Notification.objects.filter(refers_to=notification, act__in=kinds)
    acts = acts.prefetch_related("sender_rows__party")
    back = taken_back(act.pk for act in acts)
    received = _received([act.pk for act in acts], facts.depositaries)
    found = []
    for act in acts:
        if act.is_void:
            continue
        on = received.get(act.pk)
        for row in act.sender_rows.all():
            if (act.pk, row.party_id) in back:
                continue
            came = ReferringAct(act.act, row.party.code, on or act.given_on, on is not None)
            found.append(came)
    return tuple(found)


def _received(keys: list[int], depositaries: frozenset[str]) -> dict[int, date]:
    """The first day on which each act was received by whom it is received in the treaty's sense."""
    first: dict[int, date] = {}
    rows = Receipt.objects.filter(notification__in=keys).select_related("party")
    of_act: dict[int, list[Receipt]] = {}
    for row in rows:
        of_act.setdefault(row.notification_id, []).append(row)
    for key, receipts in of_act.items():
        known = {row.party.code: row.on for row, _claim in counted(receipts).values()}
        own = [on for code, on in known.items() if code in depositaries or not depositaries]
        if own:
            first[key] = min(own)
    return first


def _with_yielded(facts: Facts, act: About) -> Facts:
    """What clauses came to for this act, and for the one it refers to, with their articles."""
    refers_to = act.refers_to_id
    acts = [key for key in (refers_to, act.notification.pk if act.notification else None) if key]
    rows = (
        Deadline.objects.filter(notification__in=acts, clause__isnull=False)
        .exclude(status="void")
        .with_reasons()
        .order_by("pk")
    )
    own = {party.code for party in act.senders}
    yielded: dict[str, Moment | None] = {}
    articles: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: row.notification_id != refers_to):
        version = row.version
        slug = row.clause.slug if row.clause else ""
        if slug in yielded and row.bearer is not None and row.bearer.code not in own:
            continue  # of several parties' dates that of who acts counts here
        yielded[slug] = version.due_at if version.is_exact else version.due_on
        if version.clause_version is not None:
            articles[slug] = str(version.clause_version.rule["article"])
    return replace(facts, yielded=yielded, articles={**articles, **facts.articles})
