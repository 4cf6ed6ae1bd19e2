"""What holds around a clause whatever the act: the zone, the depositaries, the parties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from notifications.clauses.choosing import with_default_exit
from notifications.clauses.schema import Clause
from notifications.clauses.treaty import PartyEntry, TreatyFile


@dataclass(frozen=True)
class Setting:
    """A treaty as its clauses need it; ``is_complete`` says that ``parties`` are all there are."""

    zone: str
    depositaries: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    in_force_on: date | None = None
    parties: tuple[PartyEntry, ...] = ()
    is_complete: bool = False
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def countable(self) -> list[Clause]:
        """Its clauses, and VCLT 56(2) where they leave it open how a party leaves."""
        return with_default_exit(self.clauses)

    def clause(self, clause_id: str) -> Clause | None:
        """The clause of this id, or None where none of that id counts for the treaty."""
        return next((clause for clause in self.countable if clause.id == clause_id), None)

    def in_zone(self, zone: str) -> Setting:
        """The same with all its dates, those of each clause too, read in another zone."""
        clauses = tuple(replace(clause, zone=None) for clause in self.clauses)
        return replace(self, zone=zone, clauses=clauses)

    def entry_of(self, party: str, on: date) -> PartyEntry | None:
        """The participation of a party in force latest on or before the day, where it is dated."""
        dated = [
            (entry.in_force, entry)
            for entry in self.parties
            if entry.party == party and entry.in_force is not None and entry.in_force <= on
        ]
        return max(dated, key=lambda item: item[0])[1] if dated else None

    def entered_on(self, party: str, on: date) -> date | None:
        """The day on which the treaty came into force for a party, where its own day is known."""
        entry = self.entry_of(party, on)
        return None if entry is None or entry.is_assumed else entry.in_force

    def parties_on(self, day: date) -> frozenset[str]:
        """The codes of those on record for which the treaty was in force on the day."""
        return frozenset(
            entry.party
            for entry in self.parties
            if entry.in_force is not None
            and entry.in_force <= day
            and (entry.until is None or day < entry.until)
        )


def setting_of(treaty: TreatyFile) -> Setting:
    """What a treaty file says of it."""
    return Setting(
        zone=treaty.zone,
        depositaries=treaty.depositaries,
        clauses=treaty.clauses,
        in_force_on=treaty.in_force,
        parties=treaty.parties,
        is_complete=treaty.participants_complete,
        lists=treaty.lists,
    )
