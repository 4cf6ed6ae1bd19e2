"""The library as its files have it: read and checked, and nothing of it stored or looked up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from notifications.clauses.loader import load_party_file, load_treaty_directory, treaties_named
from notifications.clauses.treaty import TreatyFile
from notifications.errors import BadFileError, Problem
from notifications.services.library import PARTIES, TREATIES


def read_treaty_files(treaties: Path | None = None) -> dict[str, TreatyFile]:
    """The treaties of the library by their id; those of the folder ``treaties`` replace them.

    Raises BadFileError with all problems of all files.
    """
    known = {record.code for record in load_party_file(PARTIES)}
    folders = [TREATIES, *([treaties] if treaties else [])]
    return _read(folders, known, treaties_named(folders))


def read_treaties_of(folder: Path) -> dict[str, TreatyFile]:
    """The treaties of one folder alone, by their id. Raises BadFileError as above."""
    return _read([folder], {record.code for record in load_party_file(PARTIES)})


def _read(
    folders: Sequence[Path], known: set[str], treaties: set[str] | None = None
) -> dict[str, TreatyFile]:
    found: dict[str, TreatyFile] = {}
    problems: list[Problem] = []
    for folder in folders:
        try:
            files = load_treaty_directory(folder, known_parties=known, known_treaties=treaties)
        except BadFileError as error:
            problems += error.problems
            continue
        found |= {file.id: file for file in files}
    if problems:
        raise BadFileError(problems)
    return found
