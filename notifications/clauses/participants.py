"""The parties that a file lists: codes, or mappings with dates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Literal

from notifications.clauses import vocabulary as words
from notifications.clauses.sections import Section, read_date
from notifications.clauses.treaty import PartyEntry

# Which parties may stand without a date: all, those listed by their code alone, none.
Undated = Literal["all", "codes", "none"]


def read_party_entries(
    section: Section,
    *,
    known_parties: Collection[str],
    in_force: date | None,
    undated: Undated,
    with_history: bool = False,
) -> tuple[PartyEntry, ...]:
    """The ``parties`` of a treaty file (``with_history``) or of a scenario.

    ``in_force`` is the treaty's date, which holds for a party that has none of its own; ``undated``
    says who may do without either. A party that has only signed, or has an ``in_force`` that is
    null, is bound by nothing yet.
    """
    entries: list[PartyEntry] = []
    of_party: dict[str, list[PartyEntry]] = defaultdict(list)
    for index, item in enumerate(section.items("parties")):
        faults_before = len(section.faults)
        entry = _read_party_entry(section, index, item, in_force, with_history=with_history)
        if entry is None:
            continue
        for code in (entry.party, entry.succeeds):
            if code and code not in known_parties:
                section.fault(f'The party "{code}" is unknown.', "parties", index)
        if any(_overlap(entry, other) for other in of_party[entry.party]):
            sentence = f"{entry.party} stands twice for the same time."
            section.fault(sentence, "parties", index)
        is_sound = len(section.faults) == faults_before
        is_dated = entry.in_force is not None or entry.is_pending
        if is_sound and not is_dated and not _may_be_undated(item, undated):
            section.fault("Say in_force for the party or for the treaty.", "parties", index)
        entries.append(entry)
        of_party[entry.party].append(entry)
    return tuple(entries)


def _read_party_entry(
    section: Section, index: int, item: object, in_force: date | None, *, with_history: bool
) -> PartyEntry | None:
    if isinstance(item, str) and item:
        return PartyEntry(item, in_force, is_assumed=in_force is not None)
    part = section.section("parties", index)
    if part is None:
        return None
    part.admit_keys((*words.PARTY_ENTRY_KEYS, *(words.HISTORY_KEYS if with_history else ())))
    part.require("party")
    own_date, until = part.day("in_force"), part.day("until")
    # A file may say the day of its consent alone, without saying how it consented.
    consented_on = part.day("consent") if read_date(part.data.get("consent")) else None
    assumed = None if _is_not_bound(part) else in_force
    entry = PartyEntry(
        part.text("party"),
        own_date or assumed,
        until,
        part.text("source"),
        signed=part.day("signed"),
        consent="" if consented_on else part.choice("consent", words.CONSENTS),
        consented=consented_on or part.day("consented"),
        succeeds=part.text("succeeds"),
        is_assumed=own_date is None and assumed is not None,
    )
    _check_history(part, entry, own_date)
    return entry if entry.party else None


def _is_not_bound(part: Section) -> bool:
    """Whether the treaty is not in force for the party: so the entry says, or it only signed."""
    if part.has("in_force"):
        return part.has("signed") or part.has("consented")
    return part.has("signed") and not (part.has("consent") or part.has("consented"))


def _check_history(part: Section, entry: PartyEntry, own_date: date | None) -> None:
    since, until = entry.in_force, entry.until
    if since and until and until <= since:
        part.fault("A party leaves after the treaty came into force for it, not before.", "until")
    if until and entry.is_pending:
        part.fault(
            "Who never was a party does not leave: the treaty is not in force for it.", "until"
        )
    if part.has("consented") and entry.consented and not entry.consent:
        part.fault("Say how the party consented.", "consent")
    if entry.consented and entry.signed and entry.consented < entry.signed:
        part.fault("A party consents on the day it signed or later.", "consented")
    is_late = bool(entry.consented and since and since < entry.consented)
    if is_late and entry.consent != "succession":
        sentence = "A treaty is in force for a party once it consented, not before."
        part.fault(sentence, "in_force" if own_date else "consented")
    if entry.succeeds and entry.consent not in ("", "succession"):
        part.fault("Only a participation by succession takes one over.", "succeeds")
    if entry.succeeds and entry.succeeds == entry.party:
        part.fault("No party is its own successor.", "succeeds")


def _may_be_undated(item: object, undated: Undated) -> bool:
    return undated == "all" or (undated == "codes" and isinstance(item, str))


def _overlap(one: PartyEntry, other: PartyEntry) -> bool:
    """Whether two entries of one party stand for one time."""
    if one.is_pending or other.is_pending:
        return one.until is None and other.until is None
    first, second = sorted((one, other), key=lambda entry: entry.in_force or date.min)
    return first.until is None or first.until > (second.in_force or date.min)
