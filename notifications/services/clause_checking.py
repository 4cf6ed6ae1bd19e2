"""A library held against the published dates of real notices: no database, nothing stored."""

from __future__ import annotations

from pathlib import Path

from notifications.clauses.events import load_events
from notifications.clauses.published import Agreement, agreement
from notifications.clauses.setting import setting_of
from notifications.services.library_files import read_treaty_files


def check_clauses(*, path: Path, treaties: Path | None = None) -> Agreement:
    """Compute the notices of a file by the clauses of the library.

    The files of the folder ``treaties`` are added to it, or replace those of the same id.

    Raises BadFileError with all problems of the treaty files, or of the file of notices.
    """
    files = read_treaty_files(treaties)
    settings = {file.id: setting_of(file) for file in files.values()}
    return agreement(load_events(path, treaties=settings), settings)
