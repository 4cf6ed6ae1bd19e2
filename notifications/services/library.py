"""The library: parties, treaties and clauses from files into the registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import transaction

from notifications.clauses.loader import load_party_file, load_treaty_directory, treaties_named
from notifications.clauses.parties import PartyRecord
from notifications.clauses.treaty import TreatyFile
from notifications.errors import BadFileError, Problem, RuleBrokenError
from notifications.models import Party, Treaty, User
from notifications.register import Entry, append
from notifications.services.changes import take_turns
from notifications.services.library_by_hand import by_hand
from notifications.services.library_clauses import load_clauses
from notifications.services.library_participation import load_participations
from notifications.services.library_parties import load_parties
from notifications.services.library_report import LibraryReport
from notifications.services.library_treaties import load_treaties
from notifications.services.treaty_rules import refuse_circle

LIBRARY: Final = Path(__file__).resolve().parent.parent / "library"
PARTIES: Final = LIBRARY / "parties.yaml"
TREATIES: Final = LIBRARY / "treaties"
EXERCISE: Final = LIBRARY / "exercise"
SCENARIOS: Final = LIBRARY / "scenarios"
SCHEMA: Final = LIBRARY / "treaty.schema.json"


@transaction.atomic
def load_library(
    *, directories: Sequence[Path], actor: User | None = None, now: datetime
) -> LibraryReport:
    """Make the registry agree with the party file and the treaty files of ``directories``.

    A treaty of a later directory replaces the one of the same id of an earlier directory. A second
    run changes nothing. Each treaty that changes writes one event; others in the registry stay, and
    so does every record that administrators saved or imported.

    Raises BadFileError with all problems of all files; nothing is loaded then.
    """
    records, files = _read(directories)
    take_turns()
    report = LibraryReport()
    hand = by_hand()
    left = hand.left_in(records)
    parties, entries = load_parties(left, files, report.parties, actor=actor, now=now)
    report.parties.kept = len(records) - len(left)
    treaties, changes = load_treaties(files, parties, kept=hand.treaties)
    report.treaties.kept = len(hand.treaties & treaties.keys())
    load_participations(files, treaties, parties, changes, report, hand=hand)
    report.participations.kept = hand.kept_of(files)
    versions = load_clauses(files, treaties, changes, report.clauses, now=now)
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


def _read(directories: Sequence[Path]) -> tuple[list[PartyRecord], list[TreatyFile]]:
    """Every file, or every problem of every file."""
    problems: list[Problem] = []
    records: list[PartyRecord] = []
    try:
        records = load_party_file(PARTIES)
    except BadFileError as error:
        problems += error.problems
    known = {record.code for record in records} | set(Party.objects.values_list("code", flat=True))
    treaties = treaties_named(directories) | set(Treaty.objects.values_list("slug", flat=True))
    files: dict[str, TreatyFile] = {}
    for directory in directories:
        try:
            found = load_treaty_directory(directory, known_parties=known, known_treaties=treaties)
        except BadFileError as error:
            problems += error.problems
            continue
        files |= {file.id: file for file in found}
    problems += _bad_parents(files)
    if problems:
        raise BadFileError(problems)
    return records, list(files.values())


def _bad_parents(files: Mapping[str, TreatyFile]) -> list[Problem]:
    """A parent treaty that is under its own protocol."""
    parents: dict[str, str | None] = dict(Treaty.objects.values_list("slug", "parent__slug"))
    parents |= {slug: file.parent or None for slug, file in files.items()}
    problems: list[Problem] = []
    for slug, file in files.items():
        try:
            refuse_circle(slug, file.parent or None, parents)
        except RuleBrokenError as error:
            problems.append(Problem(file.file, None, "parent", error.sentence))
    return problems
