"""The parties that a file lists: codes, or mappings with dates."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Literal

from notifications.clauses import vocabulary as words
from notifications.clauses.schema import PartyEntry
from notifications.clauses.sections import Section

# Which parties may stand without a date: all, those listed by their code alone, none.
Undated = Literal["all", "codes", "none"]


def read_party_entries(
    section: Section,
    *,
    known_parties: Collection[str],
    in_force: date | None,
    undated: Undated,
) -> tuple[PartyEntry, ...]:
    """The ``parties`` of a treaty file or of a scenario.

    ``in_force`` is the treaty's date, which holds for a party that has none of its own; ``undated``
    says who may do without either.
    """
    entries: list[PartyEntry] = []
    for index, item in enumerate(section.items("parties")):
        faults_before = len(section.faults)
        entry = _read_party_entry(section, index, item, in_force)
        if entry is None:
            continue
        if entry.party not in known_parties:
            section.fault(f'The party "{entry.party}" is unknown.', "parties", index)
        if any(_overlap(entry, other) for other in entries):
            sentence = f"{entry.party} stands twice for the same time."
            section.fault(sentence, "parties", index)
        is_sound = len(section.faults) == faults_before
        if is_sound and entry.in_force is None and not _may_be_undated(item, undated):
            section.fault("Say in_force for the party or for the treaty.", "parties", index)
        entries.append(entry)
    return tuple(entries)


def _read_party_entry(
    section: Section, index: int, item: object, in_force: date | None
) -> PartyEntry | None:
    if isinstance(item, str) and item:
        return PartyEntry(item, in_force)
    entry = section.section("parties", index)
    if entry is None:
        return None
    entry.admit_keys(words.PARTY_ENTRY_KEYS, words.LATER_PARTY_ENTRY_KEYS)
    entry.require("party")
    own_date, until = entry.day("in_force"), entry.day("until")
    party, source = entry.text("party"), entry.text("source")
    since = own_date or in_force
    if since and until and until <= since:
        entry.fault("A party leaves after the treaty came into force for it, not before.", "until")
    return PartyEntry(party, since, until, source) if party else None


def _may_be_undated(item: object, undated: Undated) -> bool:
    return undated == "all" or (undated == "codes" and isinstance(item, str))


def _overlap(one: PartyEntry, other: PartyEntry) -> bool:
    if one.party != other.party:
        return False
    first, second = sorted((one, other), key=lambda entry: entry.in_force or date.min)
    return first.until is None or first.until > (second.in_force or date.min)
