"""The library's parties: states, territories and organisations, their names and successions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from notifications.clauses.parties import PartyRecord, leads_to
from notifications.clauses.treaty import TreatyFile
from notifications.errors import BadFileError, Problem
from notifications.models import Party, PartyName, Succession, User
from notifications.register import Entry
from notifications.services.library_report import Tally

_COLUMNS: Final = ("kind", "un_standing", "exists_from", "exists_to", "source")
_NAME_COLUMNS: Final = ("name", "sort_key", "in_text")


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
    its id. Names and successions that a file no longer gives stay.

    Raises BadFileError where a succession would close a circle with one that is on record.
    """
    known = Party.objects.in_bulk(field_name="code")
    described = {record.code: record for record in records}
    for treaty in treaties:
        for code in treaty.depositaries:
            if code not in known:
                described.setdefault(code, _undescribed(code))
    created, changed = _load_parties(described, known)
    renamed = _load_names(described, known)
    followed = _load_successions(described, known)
    touched = created | changed | renamed | followed
    for code in described:
        tally.add(is_new=code in created, is_changed=code in touched)
    if not touched:
        return known, []
    body = {"created": sorted(created), "changed": sorted(touched - created)}
    first = known[min(touched)]
    return known, [Entry("parties-loaded", first, at=now, actor=actor, body=body)]


def _undescribed(code: str) -> PartyRecord:
    return PartyRecord(code, Party.Kind.ORGANISATION, {"en": code}, {"en": code}, {})


def _particulars(record: PartyRecord) -> dict[str, Any]:
    """The columns of a party as the file has them."""
    values = (record.kind, record.un, record.exists_from, record.exists_to, record.source)
    return dict(zip(_COLUMNS, values, strict=True))


def _load_parties(
    described: Mapping[str, PartyRecord], known: dict[str, Party]
) -> tuple[set[str], set[str]]:
    """Insert and correct parties; ``known`` is brought up to date. The codes of both."""
    created = set(described) - set(known)
    new = [Party(code=code, **_particulars(described[code])) for code in sorted(created)]
    known |= {party.code: party for party in Party.objects.bulk_create(new)}
    changed: dict[str, Party] = {}
    for code, record in described.items():
        for column, value in _particulars(record).items():
            if getattr(known[code], column) != value:
                setattr(known[code], column, value)
                changed[code] = known[code]
    Party.objects.bulk_update(changed.values(), _COLUMNS, batch_size=200)
    return created, set(changed)


def _load_names(described: Mapping[str, PartyRecord], known: Mapping[str, Party]) -> set[str]:
    """Insert and correct names; the codes of the parties concerned."""
    standing = {(name.party_id, name.language): name for name in PartyName.objects.all()}
    new: list[PartyName] = []
    changed: list[PartyName] = []
    touched: set[str] = set()
    for code, record in described.items():
        for language, text in record.names.items():
            in_text = record.in_text.get(language, "")
            wanted = (text, record.sort_keys[language], in_text)
            name = standing.get((known[code].pk, language))
            if name is None:
                name = PartyName(party=known[code], language=language)
                new.append(name)
            elif (name.name, name.sort_key, name.in_text) != wanted:
                changed.append(name)
            else:
                continue
            name.name, name.sort_key, name.in_text = wanted
            touched.add(code)
    PartyName.objects.bulk_create(new)
    PartyName.objects.bulk_update(changed, _NAME_COLUMNS, batch_size=200)
    return touched


def _load_successions(described: Mapping[str, PartyRecord], known: Mapping[str, Party]) -> set[str]:
    """Insert and correct successions; the codes of the old parties concerned."""
    rows = Succession.objects.select_related("old", "new")
    standing = {(row.old.code, row.new.code): row for row in rows}
    _refuse_circles(described, standing)
    new: list[Succession] = []
    changed: list[Succession] = []
    touched: set[str] = set()
    for code, record in described.items():
        for said in record.successors:
            wanted = (said.on, said.kind, said.source)
            row = standing.get((code, said.new))
            if row is None:
                row = Succession(old=known[code], new=known[said.new])
                new.append(row)
            elif (row.on, row.kind, row.source) != wanted:
                changed.append(row)
            else:
                continue
            row.on, row.kind, row.source = wanted
            touched.add(code)
    Succession.objects.bulk_create(new)
    Succession.objects.bulk_update(changed, ["on", "kind", "source"], batch_size=200)
    return touched


def _refuse_circles(
    described: Mapping[str, PartyRecord], standing: Iterable[tuple[str, str]]
) -> None:
    followed: dict[str, set[str]] = {}
    for old, new in standing:
        followed.setdefault(old, set()).add(new)
    for code, record in described.items():
        followed.setdefault(code, set()).update(said.new for said in record.successors)
    problems = [
        Problem(
            "parties.yaml", None, f"[{code}].successors", f"{said.new} precedes {code} already."
        )
        for code, record in described.items()
        for said in record.successors
        if leads_to(followed, said.new, code)
    ]
    if problems:
        raise BadFileError(problems)
