"""The library: parties, treaties and clauses from files into the registry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import transaction

from notifications.clauses.loader import PartyRecord, load_party_file, load_treaty_directory
from notifications.clauses.schema import TreatyFile
from notifications.errors import BadFileError, Problem
from notifications.models import Party, Treaty, User
from notifications.register import Entry, append
from notifications.services.library_clauses import load_clauses
from notifications.services.library_participation import load_participations
from notifications.services.library_parties import load_parties
from notifications.services.library_report import LibraryReport
from notifications.services.library_treaties import load_treaties

LIBRARY: Final = Path(__file__).resolve().parent.parent / "library"
PARTIES: Final = LIBRARY / "parties.yaml"
TREATIES: Final = LIBRARY / "treaties"
EXERCISE: Final = LIBRARY / "exercise"
SCENARIOS: Final = LIBRARY / "scenarios"


@transaction.atomic
def load_library(
    *, directories: Sequence[Path], actor: User | None = None, now: datetime
) -> LibraryReport:
    """Make the registry agree with the party file and the treaty files of ``directories``.

    A treaty of a later directory replaces the one of the same id of an earlier directory. A second
    run changes nothing. Each treaty that changes writes one event; others in the registry stay.

    Raises BadFileError with all problems of all files; nothing is loaded then.
    """
    records, files = _read(directories)
    _take_turns()
    report = LibraryReport()
    parties, entries = load_parties(records, files, report.parties, actor=actor, now=now)
    treaties, changes = load_treaties(files, parties)
    load_participations(files, treaties, parties, changes, report)
    versions = load_clauses(files, treaties, changes, report.clauses, actor=actor, now=now)
    for file in files:
        change = changes[file.id]
        report.treaties.add(is_new="created" in change, is_changed=bool(change))
        if change:
            rows = tuple(versions.get(file.id, ()))
            body = {"file": file.file, **change}
            treaty = treaties[file.id]
            entries.append(
                Entry("treaty-loaded", treaty, at=now, actor=actor, rows=rows, body=body)
            )
    if entries:
        append(*entries)
    return report


def _take_turns() -> None:
    """Two loads at once follow one another: the second finds what the first has made.

    The treaties are locked in the order of their keys, and the register's head last of all, by the
    events: a sweep takes its rows and the head in this order too. Where there is no treaty yet, no
    row is there to wait for, and the head orders the loads.
    """
    treaties = Treaty.objects.order_by("pk").select_for_update(no_key=True)
    if not list(treaties.values_list("pk", flat=True)):
        append()  # nothing but the lock


def _read(directories: Sequence[Path]) -> tuple[list[PartyRecord], list[TreatyFile]]:
    """Every file, or every problem of every file."""
    problems: list[Problem] = []
    records: list[PartyRecord] = []
    try:
        records = load_party_file(PARTIES)
    except BadFileError as error:
        problems += error.problems
    known = {record.code for record in records} | set(Party.objects.values_list("code", flat=True))
    files: dict[str, TreatyFile] = {}
    for directory in directories:
        try:
            found = load_treaty_directory(directory, known_parties=known)
        except BadFileError as error:
            problems += error.problems
            continue
        files |= {file.id: file for file in found}
    if problems:
        raise BadFileError(problems)
    return records, list(files.values())
