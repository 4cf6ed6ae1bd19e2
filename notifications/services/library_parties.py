"""The library's parties: states and organisations, and their names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from notifications.clauses.loader import PartyRecord
from notifications.clauses.schema import TreatyFile
from notifications.models import Party, PartyName, User
from notifications.register import Entry
from notifications.services.library_report import Tally


def load_parties(
    records: Sequence[PartyRecord],
    treaties: Iterable[TreatyFile],
    tally: Tally,
    *,
    actor: User | None,
    now: datetime,
) -> tuple[dict[str, Party], list[Entry]]:
    """All parties by code, and the event that says which were created or changed.

    An organisation that a treaty names as its depositary, and no file describes, is created under
    its id. Names that a file no longer gives stay.
    """
    known = Party.objects.in_bulk(field_name="code")
    described = {record.code: record for record in records}
    for treaty in treaties:
        for code in treaty.depositaries:
            if code not in known:
                described.setdefault(code, _undescribed(code))
    created, changed = _load_parties(described, known)
    renamed = _load_names(described, known)
    touched = created | changed | renamed
    for code in described:
        tally.add(is_new=code in created, is_changed=code in touched)
    if not touched:
        return known, []
    body = {"created": sorted(created), "changed": sorted(touched - created)}
    first = known[min(touched)]
    return known, [Entry("parties-loaded", first, at=now, actor=actor, body=body)]


def _undescribed(code: str) -> PartyRecord:
    return PartyRecord(code, Party.Kind.ORGANISATION, {"en": code}, {"en": code})


def _load_parties(
    described: dict[str, PartyRecord], known: dict[str, Party]
) -> tuple[set[str], set[str]]:
    """Insert and correct parties; ``known`` is brought up to date. The codes of both."""
    created = set(described) - set(known)
    new = [Party(code=code, kind=described[code].kind) for code in sorted(created)]
    known |= {party.code: party for party in Party.objects.bulk_create(new)}
    changed = {code for code, record in described.items() if known[code].kind != record.kind}
    for code in changed:
        known[code].kind = described[code].kind
    Party.objects.bulk_update([known[code] for code in changed], ["kind"], batch_size=200)
    return created, changed


def _load_names(described: dict[str, PartyRecord], known: dict[str, Party]) -> set[str]:
    """Insert and correct names; the codes of the parties concerned."""
    standing = {(name.party_id, name.language): name for name in PartyName.objects.all()}
    new: list[PartyName] = []
    changed: list[PartyName] = []
    touched: set[str] = set()
    for code, record in described.items():
        for language, text in record.names.items():
            sort_key = record.sort_keys[language]
            name = standing.get((known[code].pk, language))
            if name is None:
                new.append(
                    PartyName(party=known[code], language=language, name=text, sort_key=sort_key)
                )
            elif (name.name, name.sort_key) != (text, sort_key):
                name.name, name.sort_key = text, sort_key
                changed.append(name)
            else:
                continue
            touched.add(code)
    PartyName.objects.bulk_create(new)
    PartyName.objects.bulk_update(changed, ["name", "sort_key"], batch_size=200)
    return touched
