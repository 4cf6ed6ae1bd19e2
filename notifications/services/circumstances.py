"""What holds around an act on its day: parties, depositaries, the clauses that govern it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q

from notifications.acts import ACTS
from notifications.clauses.choosing import DEFAULT_EXIT, needs_default_exit
from notifications.clauses.reading import parse_clause
from notifications.clauses.schema import Clause as Rule
from notifications.models import (
    Case,
    ClauseVersion,
    Draft,
    Fact,
    Party,
    Treaty,
    TreatyDepositary,
    members_of,
)

# The treaty whose Article 56(2) says what is due where another one says nothing of withdrawal.
GENERAL_LAW: Final = "vclt"


@dataclass(frozen=True)
class Circumstances:
    """The parties and depositaries of a case's treaty on a day, and the clauses on one act.

    ``has_ledger`` says that facts are recorded in the case already.
    """

    on: date
    at: datetime | None
    members: tuple[Party, ...]
    depositaries: tuple[Party, ...]
    clauses: tuple[ClauseVersion, ...]
    has_ledger: bool = False

    @cached_property
    def rules(self) -> dict[int, Rule]:
        """The rule of each clause version, by its key."""
        return {version.pk: parse_clause(version.rule) for version in self.clauses}

    def addressees(self, act: str, fields: dict[str, Any], senders: Iterable[Party]) -> list[Party]:
        """Whom it goes to: those it names, else the roles its kind names, never its senders."""
        limited = fields.get("addressees")
        known = {party.pk: party for party in (*self.depositaries, *self.members)}
        if limited is None:
            roles = ACTS[act].addressees
            known = {
                **({p.pk: p for p in self.depositaries} if "depositaries" in roles else {}),
                **({p.pk: p for p in self.members} if "parties" in roles else {}),
            }
        wanted = set(limited or []) | set(fields.get("against", []))
        own = {party.code for party in senders} | set(fields.get("joint_with", []))
        chosen = known.values() if limited is None else _named(known.values(), wanted)
        return sorted((p for p in chosen if p.code not in own), key=lambda party: party.code)


def _named(parties: Iterable[Party], codes: set[str]) -> list[Party]:
    return [party for party in parties if party.code in codes]


def givers_of(draft: Draft) -> tuple[Party, ...]:
    """The draft's party, and those that are to give the act with it, by code."""
    joint = draft.fields.get("joint_with", [])
    if not joint:
        return (draft.party,)
    others = Party.objects.filter(code__in=joint).exclude(pk=draft.party_id).order_by("code")
    return (draft.party, *others)


def circumstances(case: Case, act: str, on: date, *, now: datetime | None = None) -> Circumstances:
    """Two queries, whatever the number of parties; ``now`` is the instant, where it matters."""
    members = members_of(case, on).filter(pk=OuterRef("pk"))
    depositary = TreatyDepositary.objects.filter(treaty=case.treaty_id, party=OuterRef("pk"))
    concerned = (
        Party.objects.annotate(
            is_member=Exists(members),
            is_depositary=Exists(depositary),
            has_ledger=Exists(Fact.objects.filter(case_id=case.pk)),
        )
        .filter(Q(is_member=True) | Q(is_depositary=True))
        .order_by("code")
    )
    parties: list[Any] = list(concerned)  # parties with the annotations
    return Circumstances(
        on=on,
        at=now,
        members=tuple(party for party in parties if party.is_member),
        depositaries=tuple(party for party in parties if party.is_depositary),
        clauses=tuple(clauses_on(case.treaty, act)),
        has_ledger=any(party.has_ledger for party in parties),
    )


def clauses_on(treaty: Treaty, act: str) -> list[ClauseVersion]:
    """The clauses that govern an act; on withdrawal VCLT 56(2) where the treaty leaves it open."""
    own = list(ClauseVersion.objects.governing(treaty, act))
    if act != DEFAULT_EXIT.governs or not needs_default_exit(parse_clause(v.rule) for v in own):
        return own
    general = ClauseVersion.objects.current().filter(
        clause__treaty__slug=GENERAL_LAW, clause__slug=DEFAULT_EXIT.id, governs=act
    )
    return [*own, *general.exclude(clause__treaty=treaty).select_related("clause")]
