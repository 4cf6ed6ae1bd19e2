"""Who is a party at the start of a replayed case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from notifications.models import Case, CaseParty, Participation, Party
from notifications.services.scenarios.content import Scenario

# What does not show that who does it is a party.
_BY_ANYBODY: Final = ("statement", "signature", "instrument", "declaration", "conference", "fact")


def members_at_start(case: Case, scenario: Scenario, day: date) -> Sequence[CaseParty]:
    """Who is a party in this case: as its file says, else as the library says on the first day."""
    if scenario.parties is None:
        return [*_on_record(case, day), *_taken_as_parties(case, scenario, day)]
    parties = Party.objects.in_bulk([entry.party for entry in scenario.parties], field_name="code")
    # A party listed by its id alone is one on the first day, whenever the treaty came into force.
    unsaid = min(case.treaty.in_force_on or day, day)
    chosen: dict[str, CaseParty] = {}
    for entry in scenario.parties:
        since = entry.in_force or unsaid
        has_left = entry.until is not None and entry.until <= max(since, day)
        if not has_left and entry.party not in chosen:
            chosen[entry.party] = CaseParty(
                case=case, party=parties[entry.party], in_force_on=since, exit_on=entry.until
            )
    return list(chosen.values())


def _on_record(case: Case, day: date) -> list[CaseParty]:
    """Who the registry says is a party on the day."""
    rows = Participation.objects.on(day).filter(treaty=case.treaty).order_by("party__code")
    return [
        CaseParty(case=case, party_id=row.party_id, in_force_on=row.in_force_on or day)
        for row in rows
    ]


def _taken_as_parties(case: Case, scenario: Scenario, day: date) -> list[CaseParty]:
    """Whoever acts as a party, or is treated as one, where the registry does not know them all.

    Not who makes a statement, or joins by the act itself, and not whose participation is on record.
    """
    if case.treaty.participants_complete:
        return []
    acts = [act for act in scenario.acts if act.act not in _BY_ANYBODY]
    named = {code for act in acts for code in act.parties}
    known = Participation.objects.filter(treaty=case.treaty).values("party")
    keepers = Party.objects.depositary_of(case.treaty).filter(kind="organisation").values("pk")
    found = Party.objects.filter(code__in=named).exclude(pk__in=known).exclude(pk__in=keepers)
    since = min(case.treaty.in_force_on or day, day)
    return [
        CaseParty(case=case, party=party, in_force_on=since) for party in found.order_by("code")
    ]
