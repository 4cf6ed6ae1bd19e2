"""The library's treaties: their particulars and their depositaries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from notifications.clauses.treaty import TreatyFile
from notifications.models import Party, Treaty, TreatyDepositary
from notifications.register import plain
from notifications.services.library_report import Change


def load_treaties(
    files: Sequence[TreatyFile], parties: Mapping[str, Party], *, kept: Collection[str] = ()
) -> tuple[dict[str, Treaty], dict[str, Change]]:
    """The treaties of the files by id, and what was changed in each (an empty change: nothing).

    Those that are ``kept``, by id, stay as administrators left them.
    """
    known = Treaty.objects.filter(slug__in=[file.id for file in files]).in_bulk(field_name="slug")
    changes: dict[str, Change] = {file.id: {} for file in files}
    new: list[Treaty] = []
    changed: list[Treaty] = []
    for file in files:
        wanted, treaty = _particulars(file), known.get(file.id)
        if treaty is None:
            new.append(Treaty(slug=file.id, **wanted))
            changes[file.id]["created"] = _as_data(wanted)
            continue
        if file.id in kept:
            continue
        other = {name: value for name, value in wanted.items() if getattr(treaty, name) != value}
        if other:
            for name, value in other.items():
                setattr(treaty, name, value)
            changed.append(treaty)
            changes[file.id]["changed"] = _as_data(other)
    if changed:
        Treaty.objects.bulk_update(changed, list(_particulars(files[0])), batch_size=200)
    known |= {treaty.slug: treaty for treaty in Treaty.objects.bulk_create(new)}
    said = [file for file in files if file.id not in kept]
    _load_parents(said, known, changes)
    _load_depositaries(said, known, parties, changes)
    return known, changes


def _load_parents(
    files: Sequence[TreatyFile], treaties: dict[str, Treaty], changes: Mapping[str, Change]
) -> None:
    """Put each protocol under its treaty, which may come from another file or stand already."""
    above = {file.parent for file in files if file.parent} - set(treaties)
    others = Treaty.objects.filter(slug__in=above).in_bulk(field_name="slug") if above else {}
    changed: list[Treaty] = []
    for file in files:
        treaty = treaties[file.id]
        parent = {**treaties, **others}.get(file.parent)
        if treaty.parent_id != (parent.pk if parent else None):
            treaty.parent = parent
            changed.append(treaty)
            changes[file.id].setdefault("changed", {})["parent"] = file.parent or None
    if changed:
        Treaty.objects.bulk_update(changed, ["parent"], batch_size=200)


def _particulars(file: TreatyFile) -> dict[str, Any]:
    """The columns of a treaty as its file has them."""
    return {
        "title": file.title,
        "short_title": file.short_name,
        "zone": file.zone,
        "adopted_on": file.adopted,
        "signed_on": file.signed,
        "in_force_on": file.in_force,
        "subject": file.subject,
        "source": file.source,
        "participants_complete": file.participants_complete,
        "registration": file.registration,
        "authentic_languages": list(file.authentic_languages),
        "lists": {name: list(codes) for name, codes in file.lists.items()},
    }


def _as_data(particulars: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in particulars.items()}


def _load_depositaries(
    files: Sequence[TreatyFile],
    treaties: Mapping[str, Treaty],
    parties: Mapping[str, Party],
    changes: Mapping[str, Change],
) -> None:
    ids = [treaties[file.id].pk for file in files]
    standing = {
        (row.treaty_id, row.party_id): row
        for row in TreatyDepositary.objects.filter(treaty__in=ids).select_related("party")
    }
    new: list[TreatyDepositary] = []
    for file in files:
        treaty, change = treaties[file.id], changes[file.id]
        for code in file.depositaries:
            if standing.pop((treaty.pk, parties[code].pk), None) is None:
                new.append(TreatyDepositary(treaty=treaty, party=parties[code]))
                change.setdefault("depositaries_added", []).append(code)
    slugs = {treaty.pk: slug for slug, treaty in treaties.items()}
    for row in standing.values():
        changes[slugs[row.treaty_id]].setdefault("depositaries_removed", []).append(row.party.code)
    TreatyDepositary.objects.filter(pk__in=[row.pk for row in standing.values()]).delete()
    TreatyDepositary.objects.bulk_create(new)
