"""The treaty around a clause that a person tries: from the registry, else from files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from django.db import OperationalError, ProgrammingError

from notifications.clauses.reading import parse_clause
from notifications.clauses.setting import Setting, setting_of
from notifications.clauses.treaty import PartyEntry
from notifications.models import ClauseVersion, Treaty
from notifications.services.library_files import read_treaties_of, read_treaty_files


@dataclass(frozen=True)
class Tried:
    """A treaty whose clauses can be tried, and from where they are taken."""

    slug: str
    name: str
    setting: Setting
    origin: Literal["registry", "library", "folder"]


def registered_setting(treaty: Treaty) -> Setting:
    """The setting of a treaty of the registry, with the clauses that count now: three queries."""
    rows = treaty.participations.select_related("party").order_by("pk")
    versions = ClauseVersion.objects.current().filter(clause__treaty=treaty).exclude(governs="")
    return Setting(
        zone=treaty.zone,
        depositaries=tuple(
            treaty.depositary_rows.order_by("pk").values_list("party__code", flat=True)
        ),
        clauses=tuple(parse_clause(version.rule) for version in versions.order_by("clause__slug")),
        in_force_on=treaty.in_force_on,
        parties=tuple(
            PartyEntry(
                row.party.code,
                row.in_force_on,
                row.exit_on,
                consent=row.consent,
                consented=row.consent_on,
                is_assumed=row.in_force_on is not None and row.in_force_on == row.assumed_on,
            )
            for row in rows
        ),
        is_complete=treaty.participants_complete,
        lists={name: tuple(codes) for name, codes in treaty.lists.items()},
    )


def find_tried(slug: str, folder: Path | None = None) -> Tried | None:
    """A treaty of the folder, else of the registry, else of the library's files; None: of none.

    Raises BadFileError with all problems of files that were read.
    """
    if folder is not None:
        file = read_treaties_of(folder).get(slug)
        if file is not None:
            return Tried(slug, file.short_name, setting_of(file), "folder")
    treaty = _registered(slug)
    if treaty is not None:
        return Tried(slug, treaty.short_title, registered_setting(treaty), "registry")
    file = read_treaty_files().get(slug)
    return None if file is None else Tried(slug, file.short_name, setting_of(file), "library")


def _registered(slug: str) -> Treaty | None:
    try:
        return Treaty.objects.filter(slug=slug).first()
    except (OperationalError, ProgrammingError):  # there is no registry yet
        return None
